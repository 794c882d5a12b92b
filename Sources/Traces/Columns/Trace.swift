import Diagnostics

/// What a real run touched, step by step: a header, columns by name, and typed views on them.
///
/// A trace that exists was checked: shapes agree and every id is in its range, so that playback
/// may use ids as indices without looking.
public struct Trace: Sendable {
  public let header: TraceHeader
  public let columns: [Column]
  public let pages: PageTrace?
  public let experts: ExpertTrace?
  public let neurons: NeuronTrace?

  /// - Throws: `TraceFault` naming the column and what is wrong with it.
  public init(header: TraceHeader, columns: [Column]) throws(TraceFault) {
    self.header = header
    self.columns = columns
    let check = TraceCheck(header: header, columns: columns)
    try check.run()
    func column(_ name: ColumnName) -> Column? { columns.first { $0.name == name.rawValue } }
    pages = header.pages.flatMap { about in
      column(.pages).map {
        PageTrace(about, ids: $0, mass: column(.pageMass), tokens: column(.topTokens))
      }
    }
    experts = header.experts.flatMap { about in
      column(.experts).map {
        ExpertTrace(
          about, ids: $0, weights: column(.expertWeights), stepStart: column(.stepStart),
          sequenceStart: column(.sequenceStart), expertBytes: column(.expertBytes),
          denseBytes: column(.denseBytes))
      }
    }
    neurons = header.neurons.flatMap { about in
      column(.neurons).map { NeuronTrace(about, bits: $0) }
    }
  }

  public func column(_ name: ColumnName) -> Column? {
    columns.first { $0.name == name.rawValue }
  }
}

/// What is wrong with the content of a trace; the reader adds the file.
public struct TraceFault: Error, Hashable, Sendable {
  public var problem: Problem
  public init(_ problem: Problem) { self.problem = problem }
}
