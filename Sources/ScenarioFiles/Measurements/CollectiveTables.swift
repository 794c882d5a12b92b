import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of collectives between devices.
enum CollectiveTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["op_name", "nccl_dtype", "num_gpus", "message_size", "latency"], read: nccl),
    MeasurementFile.Kind(
      columns: ["allreduce_dtype", "num_gpus", "message_size", "latency", "backend"],
      read: custom),
  ]

  private static let patterns: [String: CollectiveCall.Pattern] = [
    "all_reduce": .allReduce, "all_gather": .allGather, "reduce_scatter": .reduceScatter,
    "alltoall": .allToAll,
  ]

  private static func nccl(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let name = try rows.text("op_name")
    guard let pattern = patterns[name] else {
      table.skip("no price for the collective \(name.prefix(40))")
      return
    }
    let width: Double = try rows.text("nccl_dtype") == "half" ? 2 : 1
    let devices = try row.integer("num_gpus", in: 2...4096)
    let call = CollectiveCall(
      pattern: pattern, devices: devices, bytes: Double(try row.integer("message_size")) * width)
    table.add(
      row, device: try rows.text("device"), family: "collective",
      kernel: "nccl-\(pattern.rawValue)", call: .collective(call),
      seconds: try row.seconds("latency", scale: 1e-3), group: "\(call.bytes)")
  }

  private static func custom(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let call = CollectiveCall(
      pattern: .allReduce, devices: try row.integer("num_gpus", in: 2...4096),
      bytes: Double(try row.integer("message_size")) * 2)
    table.add(
      row, device: try rows.text("device"), family: "collective",
      kernel: row.kernel([
        "custom", try rows.text("backend").split(separator: "_").last.map(String.init) ?? "",
        "all-reduce",
      ]),
      call: .collective(call), seconds: try row.seconds("latency", scale: 1e-3),
      group: "\(call.bytes)")
  }
}
