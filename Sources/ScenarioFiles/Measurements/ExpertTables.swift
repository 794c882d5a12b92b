import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of routed expert layers.
enum ExpertTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "moe_dtype", "num_tokens", "hidden_size", "inter_size", "topk", "num_experts",
        "moe_tp_size", "moe_ep_size", "distribution", "latency",
      ], read: aiconfigurator)
  ]

  private static func aiconfigurator(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let dtype = try rows.text("moe_dtype")
    guard let format = NumberFormats.product[dtype] else {
      table.skip("no price for experts in the format \(dtype.prefix(40))")
      return
    }
    guard let routing = routing(try rows.text("distribution")) else {
      throw rows.fault(
        .wrongKind(
          key: "distribution", found: try rows.text("distribution"),
          expected: "balanced or power_law_EXPONENT"))
    }
    let hidden = try row.integer("hidden_size")
    let inner = try row.integer("inter_size")
    let topK = try row.integer("topk")
    let experts = try row.integer("num_experts")
    let source = try rows.text("kernel_source")
    // The layers of these two shapes have no gate (README of the tables).
    let isGated =
      !(source.contains("nongated") || (inner == 5120 && topK == 22)
      || (inner == 1856 && topK == 6))
    let tensor = try row.integer("moe_tp_size")
    let expert = try row.integer("moe_ep_size")
    let call = ExpertCall(
      tokens: try row.integer("num_tokens"), hidden: hidden, inner: inner, topK: topK,
      experts: experts, tensorParallel: tensor, expertParallel: expert, isGated: isGated,
      routing: routing, weights: format.weights, arithmetic: format.arithmetic, isCold: false)
    table.add(
      row, device: try rows.text("device"), family: "moe",
      kernel: row.kernel([try rows.text("framework"), sourceWord(source), format.name]),
      call: .experts(call), seconds: try row.seconds("latency", scale: 1e-3),
      power: rows.has("power") ? try rows.number("power", in: 0...1e5) : nil,
      group: "\(hidden)/\(inner)/\(topK)/\(experts)/\(tensor)/\(expert)")
  }

  private static func routing(_ text: String) -> ExpertCall.Routing? {
    if text == "balanced" { return .balanced }
    guard text.hasPrefix("power_law_"), let exponent = Double(text.dropFirst(10)),
      (0...10).contains(exponent)
    else { return nil }
    return .powerLaw(exponent: exponent)
  }

  /// The kernel behind a source, where several do the same work.
  private static func sourceWord(_ source: String) -> String {
    for word in ["marlin", "cutlass", "triton"] where source.contains(word) { return word }
    return source.contains("nongated") ? "cutlass" : "default"
  }
}
