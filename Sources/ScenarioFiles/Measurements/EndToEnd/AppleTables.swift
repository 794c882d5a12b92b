import Diagnostics
import Foundation
import Validation

/// Tables of runtimes on Apple devices, one sequence at a time.
enum AppleTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "device", "runtime", "model_id", "quantization", "task", "promptTokenCount",
        "generatedTokenCount", "decodeTokensPerSecond",
      ], read: runs),
    MeasurementFile.Kind(
      columns: [
        "device", "framework", "backend", "model", "quant", "task", "context_tokens",
        "prompt_tokens", "gen_tokens", "decode_tps",
      ], read: cells),
  ]

  private static let throttled = "a long run to measure energy, which throttles"
  private static let neural = "runs on the neural engine, whose bandwidth is not stated anywhere"

  private static let runtimes = [
    "mlx-swift": "mlx-swift", "mlx": "mlx-swift", "llama.cpp": "llama.cpp-metal",
    "core-ai": "core-ai", "coreai": "core-ai", "gpu": "core-ai", "litert-lm": "litert-lm",
    "litert": "litert-lm",
  ]

  private static func runs(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let word = try rows.text("runtime")
    let identity = try rows.text("model_id").split(separator: "/").map(String.init)
    guard try rows.text("task") != "energy" else { return table.skip(throttled) }
    guard word != "coreml-llm", identity.last?.hasSuffix("-ane") != true else {
      return table.skip(neural)
    }
    guard word != "apple-fm" else { return table.skip("the model is not published") }
    guard let runtime = runtimes[word] else {
      return table.skip("no coefficients for the runtime \(word.prefix(40))")
    }
    let quantization = try rows.text("quantization")
    guard let format = format(runtime, quantization) else {
      return table.skip("a format of weights that is not known: \(quantization.prefix(40))")
    }
    guard let seconds = try EndToEndTables.stepSeconds(row, "decodeTokensPerSecond") else {
      return table.skip("no decode rate")
    }
    let prompt = try number(row, "promptTokenCount", otherwise: 0)
    let generated = try number(row, "generatedTokenCount", otherwise: 0)
    // organisation/model, or organisation/model/format.
    let model = identity.count > 2 ? identity[1] : identity.last ?? ""
    table.served.append(
      ServedRow(
        device: try rows.text("device"), runtime: runtime, model: model, format: format,
        shape: .step(context: prompt + generated / 2), seconds: seconds, line: rows.line))
  }

  private static func cells(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let framework = try rows.text("framework")
    guard try rows.text("task") != "energy" else { return table.skip(throttled) }
    let backend = try rows.text("backend")
    guard framework != "ANE", !backend.hasPrefix("ane") else { return table.skip(neural) }
    guard let seconds = try EndToEndTables.stepSeconds(row, "decode_tps") else {
      return table.skip("no decode rate")
    }
    guard let runtime = runtimes[framework.lowercased()] else {
      return table.skip("no coefficients for the runtime \(framework.prefix(40))")
    }
    let quant = try rows.text("quant")
    let model = try rows.text("model")
    guard !quant.isEmpty || model.contains("4bit") else {
      return table.skip("the format of the weights is not stated")
    }
    let format = format(runtime, quant.lowercased().contains("int8") ? "INT8" : "")
    guard let format else { return table.skip("a format of weights that is not known") }
    var context = try number(row, "context_tokens", otherwise: 0)
    if context == 0 {
      context =
        try number(row, "prompt_tokens", otherwise: 20)
        + number(row, "gen_tokens", otherwise: 128) / 2
    }
    table.served.append(
      ServedRow(
        device: try rows.text("device"), runtime: runtime, model: model, format: format,
        shape: .step(context: context), seconds: seconds, line: rows.line))
  }

  /// The four-bit format of a runtime unless the text says eight.
  private static func format(_ runtime: String, _ text: String) -> WeightFormat? {
    switch runtime {
    case "mlx-swift": .named(text.hasPrefix("Q8") ? "q8_0" : "q4-mlx")
    case "llama.cpp-metal": .named(text)
    default: .named(text.hasPrefix("INT8") ? "int8" : "int4")
    }
  }

  private static func number(
    _ row: MeasuredRow, _ column: String, otherwise: Double
  ) throws(Faults) -> Double {
    guard !row.rows.isEmpty(column) else { return otherwise }
    return try row.rows.number(column, in: 0...1e9)
  }
}
