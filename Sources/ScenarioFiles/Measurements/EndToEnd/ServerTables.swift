import Diagnostics
import Foundation
import Validation

/// Tables of servers on one or several accelerators.
enum ServerTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "model", "hardware", "prompt_size", "batch_size", "token_size", "token_time",
        "tensor_parallel",
      ], read: splitwise),
    MeasurementFile.Kind(
      columns: [
        "backend", "model_path", "system", "precision", "mode", "isl", "osl", "concurrency",
        "tp_size", "attention_dp_size", "moe_ep_size", "silicon_ttft_ms", "silicon_tpot_ms",
      ], read: stream),
    MeasurementFile.Kind(columns: ["throughput_total_tok_s"], read: BatchRunTables.read),
  ]

  /// Time of one decode step, ms; the cache holds the prompt and half of the tokens.
  private static func splitwise(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let batch = try row.integer("batch_size", in: EndToEndTables.counts)
    let prompt = try row.integer("prompt_size", in: EndToEndTables.counts)
    let tokens = try row.integer("token_size", in: EndToEndTables.counts)
    let devices = try row.integer("tensor_parallel", in: 1...4096)
    guard let seconds = try row.seconds("token_time", scale: 1e-3) else {
      return table.skip("a time of 0 means that the kernel did not run")
    }
    let model = try rows.text("model")
    guard !(model == "llama2-70b" && devices == 2 && batch >= 64) else {
      return table.skip("the weights leave no memory for so many sequences: fewer ran")
    }
    guard let format = WeightFormat.named("bf16") else { return }
    table.served.append(
      ServedRow(
        device: try rows.text("hardware"), runtime: "splitwise", model: model, format: format,
        batch: Double(batch), layout: .init(tensor: devices),
        shape: .step(context: Double(prompt) + Double(tokens) / 2), seconds: seconds,
        line: rows.line))
  }

  /// A closed loop of `concurrency` clients; the median time between tokens, ms.
  private static func stream(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    guard try rows.text("mode") == "agg" else {
      return table.skip(
        "prompts and tokens on fleets of their own: the decode batch of a worker is not stated")
    }
    for column in ["concurrency", "isl", "osl", "silicon_tpot_ms"] where rows.isEmpty(column) {
      return table.skip("no concurrency, lengths or time between tokens stated")
    }
    guard let seconds = try row.seconds("silicon_tpot_ms", scale: 1e-3) else {
      return table.skip("no concurrency, lengths or time between tokens stated")
    }
    guard try EndToEndTables.count(row, "pp_size") == 1 else {
      return table.skip("layers are spread over devices in a pipeline")
    }
    let model = try rows.text("model_path")
    let precision = try rows.text("precision")
    guard let format = format(precision, model: model) else {
      return table.skip("a format of weights that is not known: \(precision.prefix(40))")
    }
    let first =
      rows.isEmpty("silicon_ttft_ms") ? 0 : try rows.number("silicon_ttft_ms", in: 0...1e9)
    let input = try row.integer("isl", in: EndToEndTables.counts)
    let output = try row.integer("osl", in: EndToEndTables.counts)
    table.served.append(
      ServedRow(
        device: try rows.text("system"), runtime: try rows.text("backend"), model: model,
        format: format, batch: try rows.number("concurrency", in: 1...1e6),
        layout: try layout(row),
        shape: .stream(
          input: Double(input), output: Double(output), timeToFirst: first * 1e-3),
        seconds: seconds, line: rows.line))
  }

  /// gpt-oss is served in the fp4 that it was trained in; fp4 of others keeps attention in fp8.
  private static func format(_ precision: String, model: String) -> WeightFormat? {
    if model.contains("gpt-oss") { return .named("mxfp4-bf16") }
    switch precision {
    case "", "bf16", "fp16": return .named(model.uppercased().hasSuffix("FP8") ? "fp8" : "bf16")
    case "fp4": return .named("nvfp4")
    case "int4": return .named("int4-awq")
    default: return .named(precision)
    }
  }

  /// Some files multiply the sizes: tensor 64 with experts 8 is one node of 8.
  private static func layout(_ row: MeasuredRow) throws(Faults) -> StepForm.Layout {
    var tensor = try EndToEndTables.count(row, "tp_size")
    var data = try EndToEndTables.count(row, "attention_dp_size")
    var experts = try EndToEndTables.count(row, "moe_ep_size")
    if experts > 1, tensor == experts * experts { tensor = experts }
    if experts > 1, data == experts * experts { data = experts }
    if data > 1, experts == tensor * data, tensor == data { experts = tensor }
    if tensor == 1, data > 1 { tensor = data }
    return .init(tensor: tensor, data: data, devices: max(tensor, data, experts))
  }
}
