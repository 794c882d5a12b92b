import Diagnostics
import Workloads

/// What turns the rows of one kind of log into columns.
protocol LogRows {
  /// CSV or JSON lines.
  static var format: String { get }
  static var columns: [LogColumn] { get }

  /// Reads the row at `place`, which ends with a line feed, and moves `place` to the next.
  /// - Returns: What is wrong with it; `place` is then somewhere in the row.
  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem?

  /// Makes room for `factor` times what was read so far.
  mutating func reserve(_ factor: Double)
}

extension LogRows {
  static var names: [String] { columns.map(\.name) }

  mutating func reserve(_ factor: Double) {}

  /// Reads all rows of a log.
  /// - Parameters:
  ///   - first: the rows of the first run of lines.
  ///   - line: the lines before these.
  /// - Throws: `Faults` of every row that has one, when the whole file has been read.
  mutating func read(
    _ first: UnsafeBufferPointer<UInt8>, of blocks: LogBlocks, file: String, after line: Int,
    progress: (Double) -> Void
  ) throws(Faults) {
    var faults = RowFaults(file: file, format: Self.format, columns: Self.columns)
    var line = line
    var lines: UnsafeBufferPointer<UInt8>? = first
    var rows = 0
    var isReserved = false
    while let run = lines {
      if let start = run.baseAddress, run.count > 0 {
        let end = start + run.count
        var place = start
        while place < end {
          let row = place
          line += 1
          rows += 1
          if let problem = self.row(&place) {
            faults.add(problem, line: line, row: row)
            place = row
            while place.pointee != 10 { place += 1 }
            place += 1
          }
        }
      }
      // Columns that grow are copied again and again; the first lines tell how long they will be.
      if !isReserved, blocks.given < blocks.size {
        reserve(1.05 * Double(blocks.size) / Double(blocks.given))
        isReserved = true
      }
      progress(Double(blocks.given) / Double(max(1, blocks.size)))
      lines = try blocks.next(after: line)
    }
    try faults.check()
    guard rows > 0 else {
      throw Faults(
        .malformed(
          format: Self.format, found: "no row",
          mend: "give at least one with \(Self.names.joined(separator: ","))"),
        at: SourcePosition(file: file))
    }
  }
}

extension RequestStream {
  /// Makes room for `factor` times the requests that it has.
  mutating func reserve(_ factor: Double) {
    let rows = Int(Double(count) * factor)
    arrivals.reserveCapacity(rows)
    prompts.reserveCapacity(rows)
    outputs.reserveCapacity(rows)
  }
}
