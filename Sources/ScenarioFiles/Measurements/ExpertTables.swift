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
      ], read: aiconfigurator),
    MeasurementFile.Kind(
      columns: ["tokens", "activated_experts", "time_us"], read: llmServingSim),
  ]

  /// Draws of more slots than this are no table's; they would take minutes.
  private static let mostSlots = 1 << 26

  private static func aiconfigurator(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let dtype = try rows.text("moe_dtype")
    guard let format = NumberFormats.product[dtype] else {
      table.skip("no price for experts in the format \(dtype.prefix(40))")
      return
    }
    var draw = try draw(row)
    let hidden = try row.integer("hidden_size")
    let inner = try row.integer("inter_size")
    let tensor = try row.integer("moe_tp_size")
    let library = ExpertLibrary(
      framework: try rows.text("framework").lowercased(), version: try rows.text("version"),
      source: try rows.text("kernel_source"), format: format.name,
      device: try rows.text("device"))
    draw.isEarly = library.drawsInOrder
    let outcome = library.executed(table.outcome(of: draw), draw, inner: inner)
    let shape = (inner: inner, local: inner / tensor)
    let call = ExpertCall(
      tokens: draw.tokens, hidden: hidden, inner: inner, topK: draw.topK, experts: draw.experts,
      tensorParallel: tensor, expertParallel: draw.devices,
      isGated: library.isGated(inner: shape.inner, topK: draw.topK),
      routing: draw.exponent == 0 ? .balanced : .powerLaw(exponent: draw.exponent),
      weights: format.weights, arithmetic: format.arithmetic, isCold: false, load: outcome.load,
      passingSlots: outcome.passing,
      tiling: library.tiling(inner: shape.local, draw: draw, entering: outcome.entering))
    let seconds = try row.seconds("latency", scale: 1e-3)
    // Five draws of a skewed load make one replay.
    let isSkewed = draw.exponent != 0
    table.add(
      row, device: library.device, family: "moe", kernel: library.kernel, call: .experts(call),
      seconds: seconds,
      reading: try row.reading(
        seconds: seconds, calls: isSkewed ? 5 : 1, issue: 150e-6, least: isSkewed ? 1 : 6),
      group: "\(hidden)/\(inner)/\(draw.topK)/\(draw.experts)/\(tensor)/\(draw.devices)")
  }

  private static func draw(_ row: MeasuredRow) throws(Faults) -> ExpertDraw {
    let text = try row.rows.text("distribution")
    var exponent: Double? = text == "balanced" ? 0 : nil
    if text.hasPrefix("power_law_"), let read = Double(text.dropFirst(10)),
      (0.01...10).contains(read)
    {
      exponent = read
    }
    guard let exponent, exponent != 1 else {
      throw row.rows.fault(
        .wrongKind(
          key: "distribution", found: text,
          expected: "balanced or power_law_EXPONENT with an exponent other than 1"))
    }
    let draw = ExpertDraw(
      exponent: exponent, tokens: try row.integer("num_tokens", in: 1...(1 << 24)),
      experts: try row.integer("num_experts", in: 1...(1 << 16)),
      topK: try row.integer("topk", in: 1...(1 << 10)),
      devices: try row.integer("moe_ep_size", in: 1...(1 << 16)))
    guard draw.experts % draw.devices == 0, draw.topK <= draw.experts,
      draw.tokens * draw.topK <= mostSlots
    else {
      throw row.rows.fault(
        .conflict(
          key: "num_experts",
          found: "\(draw.experts) over \(draw.devices) devices, top \(draw.topK)",
          mend: "experts are a multiple of devices, at least topk, and slots at most \(mostSlots)"))
    }
    return draw
  }

  /// Times against the number of experts that are active; the model is in the name of the file.
  private static func llmServingSim(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    guard row.rows.file.contains("Qwen3-30B-A3B") else {
      table.skip("the name of the table says no model whose experts are known")
      return
    }
    let tokens = try row.integer("tokens")
    let active = try row.integer("activated_experts", in: 1...128)
    let load = ExpertLoad(
      even: Double(tokens) * 8, over: Double(active), tokens: Double(tokens))
    let call = ExpertCall(
      tokens: tokens, hidden: 2048, inner: 768, topK: 8, experts: 128,
      routing: .counted(active: active, mostLoaded: Int(load.mostLoaded)), weights: .bf16,
      arithmetic: .bf16, isCold: false, load: load)
    table.add(
      row, device: row.folder, family: "moe", kernel: "llmservingsim-vllm-eager-bf16",
      call: .experts(call), seconds: try row.seconds("time_us", scale: 1e-6),
      group: "\(tokens)/\(active)")
  }
}
