import Diagnostics
import Programs
import Quantities
import Validation

/// Layers of a model profiled one by one, by LLMServingSim.
enum LayerTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["layer_name", "input", "kv_cache", "tp_size", "latency(ns)"], read: version0),
    MeasurementFile.Kind(columns: ["layer", "tokens", "time_us"], read: dense),
    MeasurementFile.Kind(columns: ["layer", "sequences", "time_us"], read: perSequence),
    MeasurementFile.Kind(
      columns: ["prefill_chunk", "kv_prefill", "n_decode", "kv_decode", "time_us"],
      read: attention),
    MeasurementFile.Kind(
      columns: ["n", "nb", "pc", "kp", "kvs", "kv_big", "t_mean_us", "t_skew_us"],
      read: skewBesideMean),
    MeasurementFile.Kind(
      columns: ["n", "nb", "pc", "kp", "kvs", "kv_big", "t_skew_us"], read: skew),
  ]

  private static let counts = 0...(1 << 32)

  private static func model(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) -> ProfiledModel? {
    guard let model = ProfiledModel.named(in: row.rows.file) else {
      table.skip("the name of the table says no model whose sizes are known here")
      return nil
    }
    return model
  }

  private static func dense(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try layer(
      row, &table, name: try row.rows.text("layer"), tokens: try row.integer("tokens"),
      seconds: try row.seconds("time_us", scale: 1e-6), library: "llmservingsim-vllm")
  }

  private static func perSequence(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try layer(
      row, &table, name: try row.rows.text("layer"), tokens: try row.integer("sequences"),
      seconds: try row.seconds("time_us", scale: 1e-6), library: "llmservingsim-vllm")
  }

  private static func version0(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    guard try row.integer("kv_cache", in: counts) == 0 else {
      table.skip("a layer with cached tokens, of which the table's attention says nothing")
      return
    }
    guard try row.integer("tp_size", in: 1...1024) == 1 else {
      table.skip("a layer split over devices, of which the table does not say how")
      return
    }
    try layer(
      row, &table, name: try row.rows.text("layer_name"), tokens: try row.integer("input"),
      seconds: try row.seconds("latency(ns)", scale: 1e-9), library: "llmservingsim-v0")
  }

  /// The weights of all other layers pass between two uses of one layer's.
  private static func layer(
    _ row: MeasuredRow, _ table: inout MeasurementTable, name: String, tokens: Int,
    seconds: Double?, library: String
  ) throws(Faults) {
    guard let model = model(row, &table) else { return }
    if let (n, k) = model.product(name) {
      let call = MatrixCall(m: tokens, n: n, k: k, weights: .bf16, arithmetic: .bf16)
      table.add(
        row, device: row.folder, family: "gemm", kernel: "\(library)-bf16", call: .product(call),
        seconds: seconds, group: "\(n)x\(k)")
    } else if let elements = model.elements(name) {
      let call = ElementwiseCall(bytes: Double(tokens) * Double(elements) * 2, rows: tokens)
      table.add(
        row, device: row.folder, family: "elementwise",
        kernel: row.kernel([library, model.make] + name.split(separator: "_").map(String.init)),
        call: .elementwise(call), seconds: seconds, group: "\(tokens)")
    } else if name == "attn" {
      let call = PrefillAttentionCall(
        batch: 1, tokens: tokens, cached: 0, heads: model.heads, kvHeads: model.kvHeads,
        keyDimension: model.headDimension, valueDimension: model.headDimension, arithmetic: .bf16,
        kv: .bf16, isCold: false)
      table.add(
        row, device: row.folder, family: "attention-prefill",
        kernel: "\(library)-fa2-bf16kv-d\(model.headDimension)", call: .attentionPrefill(call),
        seconds: seconds, group: "\(tokens)")
    } else {
      table.skip("no price for the layer \(name.prefix(40))")
    }
  }

  /// A batch with a piece of a prompt, decoding sequences, or both.
  private static func attention(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    guard let model = model(row, &table) else { return }
    let (new, cached) = (
      try row.integer("prefill_chunk", in: counts), try row.integer("kv_prefill", in: counts)
    )
    let (count, context) = (
      try row.integer("n_decode", in: counts), try row.integer("kv_decode", in: counts)
    )
    let seconds = try row.seconds("time_us", scale: 1e-6)
    let kernel = "llmservingsim-fa2-bf16kv-d\(model.headDimension)"
    let (heads, kvHeads, wide) = (model.heads, model.kvHeads, model.headDimension)
    switch (new, count) {
    case (0, 0): table.skip("an empty batch")
    case (_, 0):
      mixed(
        row, &table,
        MixedAttentionCall(
          promptTokens: new, promptCached: cached, longCount: 0, longContext: 0,
          heads: heads, kvHeads: kvHeads, dimension: wide, kv: .bf16),
        kernel: "\(kernel)-prompt", seconds: seconds, group: "\(new)")
    case (0, _):
      let call = DecodeAttentionCall(
        batch: count, context: max(context, 1), read: max(context, 1), heads: heads,
        kvHeads: kvHeads, keyDimension: wide, valueDimension: wide, page: 16, kv: .bf16,
        isCold: false)
      table.add(
        row, device: row.folder, family: "attention-decode", kernel: kernel,
        call: .attentionDecode(call), seconds: seconds, group: "\(count)")
    default:
      mixed(
        row, &table,
        MixedAttentionCall(
          promptTokens: new, promptCached: cached, longCount: count, longContext: context,
          heads: heads, kvHeads: kvHeads, dimension: wide, kv: .bf16),
        kernel: kernel, seconds: seconds, group: "\(new)/\(cached)")
    }
  }

  /// Sequences of unequal contexts. These times are about three times those of the same batches in
  /// the tables of attention: of several layers, it seems, so they have a kernel of their own.
  private static func skew(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    guard let model = model(row, &table) else { return }
    let call = try unequal(row, model)
    mixed(
      row, &table, call,
      kernel: "llmservingsim-skew-fa2-bf16kv-d\(model.headDimension)"
        + (call.promptTokens == 0 ? "-single" : ""),
      seconds: try row.seconds("t_skew_us", scale: 1e-6),
      group: "\(call.longCount + call.shortCount)/\(call.promptTokens)")
  }

  private static func unequal(
    _ row: MeasuredRow, _ model: ProfiledModel
  ) throws(Faults) -> MixedAttentionCall {
    let count = try row.integer("n", in: 1...(1 << 32))
    let long = try row.integer("nb", in: 0...count)
    return MixedAttentionCall(
      promptTokens: try row.integer("pc", in: counts),
      promptCached: try row.integer("kp", in: counts), longCount: long,
      longContext: try row.integer("kv_big", in: counts), shortCount: count - long,
      shortContext: try row.integer("kvs", in: counts), heads: model.heads,
      kvHeads: model.kvHeads, dimension: model.headDimension, kv: .bf16)
  }

  /// The same, and what one long sequence adds to a batch of equal ones of the same sum.
  ///
  /// Rows of which that can be told: a piece of a prompt keeps the library from cutting keys over
  /// cores, no cached prompt is a longer chain, and the longest is many keys beyond the mean.
  private static func skewBesideMean(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try skew(row, &table)
    guard let model = model(row, &table) else { return }
    let call = try unequal(row, model)
    let equal = try row.seconds("t_mean_us", scale: 1e-6)
    let uneven = try row.seconds("t_skew_us", scale: 1e-6)
    guard let equal, let uneven, call.longCount == 1, call.promptTokens > 0,
      call.promptCached <= call.shortContext, call.keysBeyondMean >= tellingKeys
    else { return }
    guard uneven > equal else {
      table.skip("a longer sequence that takes no longer")
      return
    }
    table.add(
      row, device: row.folder, family: "attention-tail",
      kernel: "llmservingsim-fa2-bf16kv-d\(model.headDimension)", call: .mixedAttention(call),
      seconds: (uneven - equal) / runsOfSkew,
      group: "\(call.shortCount + 1)/\(call.promptTokens)")
  }

  private static let tellingKeys = 2048.0
  /// The profiler runs each batch three times (`measurement_iterations`); these tables hold the sum.
  private static let runsOfSkew = 3.0

  private static func mixed(
    _ row: MeasuredRow, _ table: inout MeasurementTable, _ call: MixedAttentionCall,
    kernel: String, seconds: Double?, group: String
  ) {
    table.add(
      row, device: row.folder, family: "attention-mixed", kernel: kernel,
      call: .mixedAttention(call), seconds: seconds, group: group)
  }
}
