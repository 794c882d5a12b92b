import Diagnostics
import Foundation
import Validation

/// Tables of runs of a batch of equal prompts: input and output are of one length, and the
/// throughput counts both, `2 length batch / latency`.
///
/// The table's other columns go by several names: one that is written out wins over one that holds
/// it (`batch_size` for `batch`).
enum BatchRunTables {
  private static let names: [String: [String]] = [
    "device": ["hardware", "device", "gpu", "accelerator", "system", "machine"],
    "runtime": ["framework", "backend", "runtime", "engine", "software"],
    "model": ["model"],
    "batch": ["batch"],
    "length": ["len", "input"],
    "devices": ["num_", "n_", "tp", "tensor_parallel", "count"],
    "precision": ["precision", "dtype", "data_type", "quant"],
  ]

  static func read(_ row: MeasuredRow, _ table: inout MeasurementTable) throws(Faults) {
    let rows = row.rows
    guard !rows.isEmpty("throughput_total_tok_s") else { return table.skip("no throughput") }
    let throughput = try rows.number("throughput_total_tok_s", in: 0...1e12)
    guard throughput > 0 else { return table.skip("no throughput") }
    let batch = try rows.integer(try column("batch", rows), in: EndToEndTables.counts)
    let length = try rows.integer(try column("length", rows), in: EndToEndTables.counts)
    let device = try rows.text(try column("device", rows))
    let runtime = try rows.text(try column("runtime", rows))
    let devices = try optional("devices", row, otherwise: 1)
    let word = try present("precision", rows).map { name throws(Faults) in try rows.text(name) }
    guard let format = format(word ?? "") else {
      return table.skip("a format of weights that is not known: \((word ?? "").prefix(40))")
    }
    // llama.cpp gives each device some layers, which run one after the other: as fast as one device.
    let isLlama = ServingBook.plain(runtime).contains("llamacpp")
    if isLlama, batch > 1 { return table.skip("llama.cpp ran its batch one after the other") }
    table.served.append(
      ServedRow(
        device: device, runtime: runtime, model: try rows.text(try column("model", rows)),
        format: format, batch: Double(batch),
        layout: .init(tensor: isLlama ? 1 : devices),
        shape: .run(input: Double(length), output: Double(length)),
        seconds: 2 * Double(length) * Double(batch) / throughput, line: rows.line))
  }

  private static func format(_ word: String) -> WeightFormat? {
    switch ServingBook.plain(word) {
    case "", "fp16", "bf16", "bfloat16", "float16", "half", "auto": .named("bf16")
    case "int8", "w8a16", "w8a8": .named("int8")
    default: .named(word)
    }
  }

  private static func present(_ meaning: String, _ rows: TableRows) -> String? {
    let words = names[meaning] ?? []
    if let exact = words.first(where: { rows.has($0) }) { return exact }
    let isCount = { (column: String) in
      (names["devices"] ?? []).contains { column.lowercased().hasPrefix($0) }
    }
    return words.lazy.compactMap { word in
      rows.columns.first {
        isCount($0) == (meaning == "devices") && $0.lowercased().contains(word)
      }
    }.first
  }

  private static func column(_ meaning: String, _ rows: TableRows) throws(Faults) -> String {
    if let name = present(meaning, rows) { return name }
    let known = names[meaning]?.joined(separator: ", ") ?? ""
    throw rows.fault(.missingKey(meaning, expected: "a column whose name holds one of \(known)"))
  }

  private static func optional(
    _ meaning: String, _ row: MeasuredRow, otherwise: Int
  ) throws(Faults) -> Int {
    guard let name = present(meaning, row.rows) else { return otherwise }
    return try EndToEndTables.count(row, name, otherwise: otherwise)
  }
}
