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
    MeasurementFile.Kind(
      columns: ["num_workers", "devices_per_node", "size_bytes", "median_ms_max_over_ranks"],
      read: vidur),
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

  /// Vidur's; the device, the board and the pattern are in the name of the file.
  private static func vidur(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let devices = try row.integer("num_workers", in: 2...4096)
    guard try row.integer("devices_per_node", in: 1...4096) >= devices else {
      table.skip("collectives between hosts: profiles state no network")
      return
    }
    let name = rows.file.split(separator: "/").last.map(String.init) ?? rows.file
    let pattern: CollectiveCall.Pattern = name.contains("send_recv") ? .sendReceive : .allReduce
    guard let device = ["a100", "h100"].first(where: { name.contains($0) }) else {
      table.skip("the name of the table says no device")
      return
    }
    // Pairs have a bridge each; more than two devices meet over the host.
    let board = !name.contains("pairwise") ? "dgx" : devices > 2 ? "pairwise-host" : "pairwise"
    let call = CollectiveCall(
      pattern: pattern, devices: devices, bytes: Double(try row.integer("size_bytes")))
    table.add(
      row, device: device, family: "collective",
      kernel: row.kernel(["vidur", board, pattern.rawValue]), call: .collective(call),
      seconds: try row.seconds("median_ms_max_over_ranks", scale: 1e-3), group: "\(call.bytes)")
  }
}
