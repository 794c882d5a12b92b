import NumericalMethods
import Workloads

/// Latencies of the requests of a run that count, each with what batch means tell of its doubt.
public struct StreamLatencies: Sendable, Hashable {
  /// Requests that ended and count.
  public let counted: Int
  /// Nil where no request has one.
  public let ttft: SteadySummary?
  public let tpot: SteadySummary?
  public let endToEnd: SteadySummary?
  public let queueing: SteadySummary?
  /// Share of the counted requests that kept the service level; nil without one.
  public let kept: Estimate?

  /// - Throws: `.notFinite` never, as times are whole numbers.
  init(
    _ table: RequestTable, from first: Int, _ level: RequestTraffic.ServiceLevel?
  ) throws(NumericalFault) {
    let rows = (min(first, table.count)..<table.count).filter { table.ends[$0] >= 0 }
    counted = rows.count
    ttft = try Self.summary(rows.map(table.timeToFirst))
    tpot = try Self.summary(rows.compactMap(table.timePerToken))
    endToEnd = try Self.summary(rows.map(table.endToEnd))
    queueing = try Self.summary(rows.map(table.queueing))
    if let level, !rows.isEmpty {
      kept = try BatchMeans(rows.map { table.keeps(level, $0) ? 1 : 0 }).mean()
    } else {
      kept = nil
    }
  }

  private static func summary(_ values: [Double]) throws(NumericalFault) -> SteadySummary? {
    values.isEmpty ? nil : try SteadySummary(values, discarding: 0)
  }

  /// The latencies under the names of their metrics.
  public var named: [(name: String, summary: SteadySummary?)] {
    [
      ("ttft", ttft), ("tpot", tpot), ("request.time", endToEnd), ("queueing", queueing),
    ]
  }
}

extension SteadySummary {
  /// Its figures by the endings of their metrics' names.
  public var figures: [(ending: String, estimate: Estimate)] {
    [("", mean), (".p50", p50), (".p90", p90), (".p99", p99)]
  }
}
