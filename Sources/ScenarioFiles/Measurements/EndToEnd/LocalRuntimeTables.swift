import Diagnostics
import Foundation
import Validation

/// Tables of llama.cpp on one machine.
enum LocalRuntimeTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "device", "tool", "model_file", "quant", "backend", "n_parallel", "kv_depth_tokens", "test",
        "test_tokens_per_seq", "tokens_per_s",
      ], read: bench),
    MeasurementFile.Kind(
      columns: [
        "device", "backend", "model", "variant", "context_len", "threads", "decode_tps",
        "experiment_type", "kv_quant",
      ], read: edge),
  ]

  private static let backends = [
    "cuda": "llama.cpp-cuda", "metal": "llama.cpp-metal", "mtl": "llama.cpp-metal",
    "cpu": "llama.cpp-cpu",
  ]

  /// The runtime of a backend; llama-bench lists several, the one that counts first: `MTL,BLAS`.
  private static func runtime(_ backend: String) -> String? {
    backend.lowercased().split(separator: ",").first.flatMap { backends[String($0)] }
  }

  /// llama-bench and llama-batched-bench: the tokens a second of `n_parallel` sequences together.
  private static func bench(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    guard try rows.text("test") == "decode" else {
      table.skip("reading of a prompt, not decoding")
      return
    }
    let backend = try rows.text("backend")
    guard let runtime = runtime(backend) else {
      table.skip("no coefficients for the backend \(backend.prefix(40)) of llama.cpp")
      return
    }
    let quant = try rows.text("quant")
    guard let format = format(in: quant) else {
      table.skip("a format of weights that is not known: \(quant.prefix(40))")
      return
    }
    let batch = Double(try row.integer("n_parallel", in: EndToEndTables.counts))
    let depth = try row.integer("kv_depth_tokens", in: EndToEndTables.lengths)
    let tokens = try row.integer("test_tokens_per_seq", in: EndToEndTables.counts)
    guard let seconds = try EndToEndTables.stepSeconds(row, "tokens_per_s", batch: batch) else {
      table.skip("no decode rate")
      return
    }
    table.served.append(
      ServedRow(
        device: try rows.text("device"), runtime: runtime, model: try rows.text("model_file"),
        format: format, batch: batch, shape: .step(context: Double(depth) + Double(tokens) / 2),
        seconds: seconds, line: rows.line))
  }

  /// The first word of a description that names a format: `gpt-oss 20B MXFP4 MoE`.
  static func format(in text: String) -> WeightFormat? {
    text.split(separator: " ").lazy.compactMap { WeightFormat.named(String($0)) }.first
  }

  /// llama.cpp on phone, laptop and desktop; a context of 0 is 128 tokens from an empty cache.
  private static func edge(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let device = try rows.text("device")
    let variant = try rows.text("variant")
    let context = try row.integer("context_len", in: EndToEndTables.lengths)
    guard let seconds = try EndToEndTables.stepSeconds(row, "decode_tps") else {
      table.skip("no decode rate")
      return
    }
    guard let format = WeightFormat.named(variant) else {
      table.skip("a format of weights that is not known: \(variant.prefix(40))")
      return
    }
    let backend = try rows.text("backend")
    guard device != "M4Mac" else {
      table.skip("two sweeps of one machine that differ 1.5 to 5 times in the same cell (M4Mac)")
      return
    }
    guard let runtime = runtime(backend) else {
      table.skip("no coefficients for the backend \(backend.prefix(40)) of llama.cpp")
      return
    }
    if device == "Pixel6a", !rows.isEmpty("threads"),
      try row.integer("threads", in: EndToEndTables.counts) != 4
    {
      table.skip("a sweep of threads: no figure of a phone's little cores")
      return
    }
    let cache = try rows.text("kv_quant")
    table.served.append(
      ServedRow(
        device: device, runtime: runtime, model: try rows.text("model"), format: format,
        kvBits: WeightFormat.named(cache)?.dense ?? 16,
        shape: .step(context: context > 0 ? Double(context) : 64), seconds: seconds,
        line: rows.line))
  }
}
