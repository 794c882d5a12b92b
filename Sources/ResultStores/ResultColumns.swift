import ResultTables

/// What a row of a sweep holds: its point, the values of the varied keys, the metrics, and what was
/// wrong where there are none.
public struct ResultColumns: Sendable, Hashable {
  public var keys: [String]
  /// With their units: `tpot_seconds`.
  public var metrics: [String]

  public init(keys: [String], metrics: [Column]) {
    self.keys = keys
    self.metrics = metrics.map(\.fileName)
  }

  public init(keys: [String], metricNames: [String]) {
    self.keys = keys
    metrics = metricNames
  }

  public var names: [String] { ["point"] + keys + metrics + ["fault"] }

  /// The first line of a CSV file.
  public var header: String { names.map { CSVField.quoted($0) }.joined(separator: ",") + "\n" }
}
