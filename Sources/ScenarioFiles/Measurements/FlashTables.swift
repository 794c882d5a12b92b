import Diagnostics
import Programs
import Validation

/// The table of random reads from a phone's flash by size and lanes.
enum FlashTables {
  static let kinds = [
    MeasurementFile.Kind(columns: ["sweep", "read_KiB", "lanes", "MiB_per_s"], read: row)
  ]

  private static func row(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let chunk = Double(try row.integer("read_KiB")) * 1024
    let lanes = try row.integer("lanes", in: 1...4096)
    let rate = try row.rows.number("MiB_per_s", in: 0...1e9)
    table.add(
      row, device: "oneplus-15r", family: "storage", kernel: "random-read-lanes",
      call: .storageRead(StorageCall(chunkBytes: chunk, depth: lanes)),
      seconds: rate > 0 ? chunk / (rate * 1_048_576) : nil, group: "\(chunk)/\(lanes)")
  }
}
