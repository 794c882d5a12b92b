import NumericalMethods

/// Which requests of a run its latencies are of, and whether the run settles at all.
///
/// A server that gets more than it can do has no steady state: its queue grows as long as requests
/// come, and a latency says how long the log was. Then nothing is left out, and nothing is said of
/// the long run.
public struct SteadyPart: Sendable, Equatable {
  /// Requests in the system at the last arrival less those at half of that time, over those that
  /// arrived in between.
  public let growth: Double
  public let isSteady: Bool
  /// Rows from this one on count.
  public let first: Int

  /// Growth up to this share is not told from chance and bursts.
  public static let allowedGrowth = 0.05
  /// Neither is growth of fewer requests than this many times the root of those there are.
  private static let allowedRoots = 4.0

  /// - Parameter warmUp: the share of the requests to leave out; nil leaves out what MSER-5 finds for
  ///   time to first token or time per token, whichever is more.
  /// - Throws: `.notFinite` never, as times are whole numbers.
  init(_ table: RequestTable, warmUp: Double?) throws(NumericalFault) {
    let last = table.arrivals.max() ?? 0
    let (half, whole) = (Self.population(table, at: last / 2), Self.population(table, at: last))
    let between = max(1, whole.arrived - half.arrived)
    let more = whole.arrived - whole.ended - half.arrived + half.ended
    growth = Double(more) / Double(between)
    let chance = Self.allowedRoots * Double(max(1, half.arrived - half.ended)).squareRoot()
    isSteady = growth <= Self.allowedGrowth || Double(more) <= chance
    if let warmUp {
      first = Int(Double(table.count) * warmUp)
    } else {
      first = isSteady ? try Self.settled(table) : 0
    }
  }

  /// Requests that have arrived and ended by a moment; those that were refused are neither.
  private static func population(
    _ table: RequestTable, at time: Int64
  ) -> (arrived: Int, ended: Int) {
    var (arrived, ended) = (0, 0)
    for row in 0..<table.count where table.ends[row] >= 0 {
      if table.arrivals[row] <= time { arrived += 1 }
      if table.ends[row] <= time { ended += 1 }
    }
    return (arrived, ended)
  }

  private static func settled(_ table: RequestTable) throws(NumericalFault) -> Int {
    let ended = (0..<table.count).filter { table.ends[$0] >= 0 }
    let paced = ended.filter { table.outputs[$0] > 1 }
    var first = 0
    let series = [
      (ended, ended.map(table.timeToFirst)), (paced, paced.compactMap(table.timePerToken)),
    ]
    for (rows, values) in series {
      let discarded = try WarmUp.mser5(values)
      if discarded > 0 { first = max(first, rows[discarded]) }
    }
    return first
  }
}
