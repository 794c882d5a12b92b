/// Rows under a schema: what every verb prints and every file of results holds.
///
/// ```swift
/// var table = Table(
///   title: "Prediction",
///   columns: [Column("name", .text), Column("tpot", .quantity(Seconds.self))])
/// try table.append(["bundled", .quantity(Seconds(0.087))])
/// ```
public struct Table: Sendable {
  public let title: String?
  public let columns: [Column]
  /// Lines under the table.
  public var footnotes: [String]
  public private(set) var rows: [[Cell]] = []

  /// - Precondition: there is a column, and no two have the same name in files.
  public init(title: String? = nil, columns: [Column], footnotes: [String] = []) {
    precondition(!columns.isEmpty, "a table has at least one column")
    precondition(
      Set(columns.map(\.fileName)).count == columns.count, "column names of a table differ")
    self.title = title
    self.columns = columns
    self.footnotes = footnotes
  }

  /// Adds a row at the end.
  ///
  /// - Throws: `TableFault`, and then the table is as it was.
  public mutating func append(_ row: [Cell]) throws(TableFault) {
    guard row.count == columns.count else {
      throw .wrongCount(row: rows.count, found: row.count, expected: columns.count)
    }
    for (column, cell) in zip(columns, row) {
      guard column.takes(cell) else { throw .wrongKind(row: rows.count, column: column.name) }
      guard cell.isFinite else { throw .notFinite(row: rows.count, column: column.name) }
    }
    rows.append(row)
  }
}

/// Why a row does not fit its table. Rows count from 0.
public enum TableFault: Error, Hashable, Sendable {
  case wrongCount(row: Int, found: Int, expected: Int)
  case wrongKind(row: Int, column: String)
  case notFinite(row: Int, column: String)
}
