import Diagnostics
import Foundation
import Programs
import Validation

/// MeasuredCall tables as CSV, plain or gzip. The kind of a table is told by its columns.
public enum MeasurementFile {
  /// Tables are some megabytes; a file beyond this is none.
  static let sizeLimit = 256 << 20

  /// Reads one table.
  ///
  /// - Returns: its rows; a table of a known kind without a kernel call has none, and its
  ///   `skipped` says why.
  /// - Parameter isOneOfMany: a table of no known kind is a fault where it was named by itself, and
  ///   rows that are skipped where a folder was.
  /// - Throws: faults with file, line, key and value.
  public static func read(
    contentsOf file: String, isOneOfMany: Bool = false
  ) throws(Faults) -> MeasurementTable {
    let raw = try FileBytes.read(file, limit: sizeLimit)
    return try read(Gzip.content(of: raw, file: file), file: file, isOneOfMany: isOneOfMany)
  }

  static func read(
    _ bytes: [UInt8], file: String, isOneOfMany: Bool = false
  ) throws(Faults) -> MeasurementTable {
    if RequestLog.matches(bytes) { return try RequestLog.read(bytes, file: file) }
    var rows = try TableRows(bytes, file: file)
    guard let kind = kinds.first(where: { rows.has($0.columns) }) else {
      if isOneOfMany { return try unknown(&rows, file: file) }
      throw Faults(
        .conflict(
          key: "the header", found: rows.columns.joined(separator: ","),
          mend: "no known kind of table has these columns; docs/formats/measurements.md lists them"),
        at: SourcePosition(file: file, line: 1))
    }
    var table = MeasurementTable(file: file)
    let device = folderName(file)
    while try rows.next() {
      let row = MeasuredRow(rows: rows, folder: device)
      try kind.read(row, &table)
    }
    return table
  }

  private static func unknown(
    _ rows: inout TableRows, file: String
  ) throws(Faults) -> MeasurementTable {
    var table = MeasurementTable(file: file)
    let name = URL(fileURLWithPath: file).lastPathComponent
    while try rows.next() { table.skip("\(name) is a table of no known kind") }
    return table
  }

  /// The folder of a file, which names the device where a table does not.
  static func folderName(_ file: String) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().lastPathComponent
  }

  /// One kind of table.
  struct Kind: Sendable {
    /// Columns that tell it.
    var columns: [String]
    var read: @Sendable (MeasuredRow, inout MeasurementTable) throws(Faults) -> Void
  }

  /// The first whose columns are all there is taken, so the particular stand before the general.
  static let kinds: [Kind] =
    AttentionBlockTables.kinds + AttentionTables.kinds + ProductTables.kinds + ExpertTables.kinds
    + CollectiveTables.kinds + StepTables.kinds + ReplayTables.kinds
    + EndToEndTables.kinds + LabTables.kinds + FlashTables.kinds + LayerTables.kinds
    + VidurTables.kinds + InferSimTables.kinds + SmallTables.kinds
}

/// The current row of a table, with the words that several kinds share.
struct MeasuredRow {
  let rows: TableRows
  let folder: String

  static let sizes = 1...(1 << 40)
  static let times = 1e-9...1e9

  func integer(_ column: String, in range: ClosedRange<Int> = Self.sizes) throws(Faults) -> Int {
    try rows.integer(column, in: range)
  }

  /// A time in the unit that `scale` converts to seconds; nil for 0, which tables use for "not run".
  func seconds(_ column: String, scale: Double) throws(Faults) -> Double? {
    let value = try rows.number(column, in: 0...1e12)
    return value > 0 ? value * scale : nil
  }

  /// The reading of a power meter, where the table has one and the call was timed.
  ///
  /// A column `settled`, the seconds for which the load had held before and through the reading, is
  /// of our own tables; others are of aiconfigurator's collectors.
  /// - Parameters:
  ///   - calls: of one replay of the collector's graph.
  ///   - issue: seconds that the host takes for one call without the graph.
  func reading(
    seconds: Double?, calls: Double = 1, issue: Double, least: Double = 6
  ) throws(Faults) -> PowerReading? {
    guard rows.has("power"), let seconds else { return nil }
    let watts = try rows.number("power", in: 1...1e5)
    if rows.has("settled") {
      let held = try rows.number("settled", in: PowerReading.window...1e6)
      return PowerReading(watts: watts, run: held, isSettled: true)
    }
    return PowerReading(
      watts: watts, seconds: seconds, calls: calls, issue: issue, least: least)
  }

  /// `VLLM` and `bfloat16` become `vllm-bf16`.
  func kernel(_ parts: [String]) -> String {
    parts.map { $0.lowercased() }.joined(separator: "-")
  }
}

extension MeasurementTable {
  /// Adds a row, or counts it as skipped where its time is 0.
  mutating func add(
    _ row: MeasuredRow, device: String, family: String, kernel: String, call: KernelCall,
    seconds: Double?, reading: PowerReading? = nil, group: String, twin: String? = nil,
    isSparse: Bool = false
  ) {
    guard let seconds else {
      skip("a time of 0 means that the kernel did not run")
      return
    }
    rows.append(
      MeasuredCall(
        series: index(
          of: MeasurementSeries(device: device, family: family, kernel: kernel)),
        call: call, seconds: seconds, reading: reading, group: number(of: group),
        twin: twin.map { number(of: $0) }, isSparse: isSparse, line: row.rows.line))
  }
}
