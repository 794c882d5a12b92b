/// Where the entries of a sparse matrix are: columns by row (CSR), without values.
public struct MatrixStructure: Sendable, Hashable {
  public let rows: Int
  /// Row r holds the entries starts[r] ..< starts[r + 1].
  public let starts: [Int]
  /// Columns, rising within a row.
  public let columns: [Int32]

  /// Entries by row and column; equal ones count once.
  /// - Precondition: all rows and columns are in `0..<rows`.
  public init(rows: Int, entries: [(row: Int32, column: Int32)]) {
    let keys = entries.map { UInt64(UInt32($0.row)) << 32 | UInt64(UInt32($0.column)) }.sorted()
    var starts = [Int](repeating: 0, count: rows + 1)
    var columns: [Int32] = []
    columns.reserveCapacity(keys.count)
    var last: UInt64?
    for key in keys where key != last {
      last = key
      columns.append(Int32(truncatingIfNeeded: key))
      starts[Int(key >> 32) + 1] += 1
    }
    for row in 0..<rows { starts[row + 1] += starts[row] }
    self.rows = rows
    self.starts = starts
    self.columns = columns
  }

  public var count: Int { columns.count }

  /// Entries of a row.
  @inlinable public func length(_ row: Int) -> Int { starts[row + 1] - starts[row] }

  /// Columns of a row.
  @inlinable public func row(_ row: Int) -> ArraySlice<Int32> {
    columns[starts[row]..<starts[row + 1]]
  }
}
