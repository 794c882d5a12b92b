import NumericalMethods

/// Sparse rows beside their dense twins: does the prediction know which is faster, and by how much?
public struct SpeedupPairs: Sendable {
  public struct Pair: Sendable {
    public var family: String
    public var file: Int
    public var line: Int
    /// Dense over sparse time.
    public var measured: Double
    public var predicted: Double
    public var isDirectionRight: Bool { (measured >= 1) == (predicted >= 1) }
  }

  public var pairs: [Pair] = []

  /// Every sparse row of `report` with the dense row of the same twin in the same file.
  public init(_ report: CheckReport) {
    struct Key: Hashable {
      var file: Int
      var twin: Int
      /// The engine of a whole step; empty for kernels, whose dense twin is another kernel.
      var engine: String
      init?(_ row: Checker.Row, in section: Checker.Section) {
        guard let twin = row.twin else { return nil }
        file = row.file
        self.twin = twin
        engine = row.call == nil ? section.kernel : ""
      }
    }
    var dense: [Key: Checker.Row] = [:]
    for section in report.sections {
      for row in section.rows where !row.isSparse {
        if let key = Key(row, in: section) { dense[key] = row }
      }
    }
    for section in report.sections {
      for row in section.rows where row.isSparse {
        guard let key = Key(row, in: section), let other = dense[key] else { continue }
        pairs.append(
          Pair(
            family: section.family, file: row.file, line: row.line,
            measured: other.measured / row.measured, predicted: other.predicted / row.predicted))
      }
    }
  }

  /// Share of pairs whose direction is right; nil for no pairs.
  public var directionShare: Double? {
    guard !pairs.isEmpty else { return nil }
    return Double(pairs.filter(\.isDirectionRight).count) / Double(pairs.count)
  }

  /// Errors of the ratio, as fractions; nil for no pairs.
  public func ratioErrors() throws(NumericalFault) -> ErrorSummary? {
    guard !pairs.isEmpty else { return nil }
    return try ErrorSummary(pairs.map { $0.predicted / $0.measured - 1 })
  }
}
