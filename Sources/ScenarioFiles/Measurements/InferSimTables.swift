import Diagnostics
import Programs
import Quantities
import Validation

/// InferSim's kernels on H800 and H20. `shape` holds the sizes, set apart by dashes.
enum InferSimTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["gpu", "num_local_experts", "tokens_per_expert", "up_proj_us", "down_proj_us"],
      read: grouped),
    MeasurementFile.Kind(
      columns: ["gpu", "shape", "kv_dtype", "batch_size", "kv_len", "latency_us"], read: decode),
    MeasurementFile.Kind(
      columns: ["gpu", "shape", "dtype", "s_q", "s_kv", "latency_us"], read: selected),
    MeasurementFile.Kind(
      columns: ["gpu", "shape", "batchsize", "next_n", "s_kv", "latency_us"], read: decodeScores),
    MeasurementFile.Kind(columns: ["gpu", "shape", "s_q", "s_kv", "latency_us"], read: scores),
    MeasurementFile.Kind(
      columns: ["gpu", "shape", "dtype", "seq_len", "latency_us"], read: prefill),
    MeasurementFile.Kind(columns: ["gpu", "shape", "conv"], read: recurrent),
  ]

  private static let lengths = 1...(1 << 32)

  private static func sizes(
    _ row: MeasuredRow, _ counts: ClosedRange<Int>
  ) throws(Faults) -> [Int] {
    let text = try row.rows.text("shape")
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard counts.contains(parts.count), parts.allSatisfy({ (1...1_000_000).contains($0) }) else {
      throw row.rows.fault(
        .wrongKind(
          key: "shape", found: String(text.prefix(80)), expected: "whole numbers with dashes"))
    }
    return parts
  }

  /// `128-2-128` is heads, KV heads and head dimension; latent attention has `128-512-64`: heads and
  /// the two parts of a key, of which the first is the value; `attn-128-576-2048` attends to so many
  /// chosen entries.
  private static func decode(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let batch = try row.integer("batch_size", in: lengths)
    let context = try row.integer("kv_len", in: lengths)
    let kvName = try row.rows.text("kv_dtype")
    guard let kv = NumberFormats.kv[kvName] else {
      return table.skip("no price for KV in the format \(kvName.prefix(40))")
    }
    let seconds = try row.seconds("latency_us", scale: 1e-6)
    if try row.rows.text("shape").hasPrefix("attn-") {
      return try part(
        row, &table, .attention, batch: batch, tokens: 1, context: context, seconds: seconds)
    }
    let sizes = try sizes(row, 3...3)
    let isLatent = sizes[1] == 512
    let call =
      isLatent
      ? DecodeAttentionCall(
        batch: batch, context: context, read: context, heads: sizes[0], kvHeads: 1,
        keyDimension: sizes[1] + sizes[2], valueDimension: sizes[1], sharesKeysAndValues: true,
        page: 64, kv: kv, isCold: false)
      : DecodeAttentionCall(
        batch: batch, context: context, read: context, heads: sizes[0], kvHeads: sizes[1],
        keyDimension: sizes[2], valueDimension: sizes[2], page: 64, kv: kv, isCold: false)
    // Groups of 32 heads take another kernel, which H20 runs without splits; beyond, tiles are full.
    let group = sizes[0] / max(1, sizes[1])
    let device = try row.rows.text("gpu")
    let half = device.lowercased() == "h20" ? "-unsplit" : "-half"
    let path = group >= 64 ? "-wide" : group == 32 ? half : ""
    table.add(
      row, device: device, family: isLatent ? "mla-decode" : "attention-decode",
      kernel: isLatent
        ? "infersim-mla-\(kv.rawValue)kv"
        : "infersim-fa3-\(kv.rawValue)kv-d\(sizes[2])\(path)",
      call: .attentionDecode(call), seconds: seconds,
      group: isLatent ? "\(batch)/\(context)" : "\(sizes[0])/\(sizes[1])/\(batch)")
  }

  private static func prefill(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let sizes = try sizes(row, 3...3)
    let tokens = try row.integer("seq_len", in: lengths)
    // Three heads' worth of sizes of latent attention: heads, the value, the turned part of the key.
    let isLatent = sizes[1] == 128 && sizes[2] == 64
    let call = PrefillAttentionCall(
      batch: 1, tokens: tokens, cached: 0, heads: sizes[0],
      kvHeads: isLatent ? sizes[0] : sizes[1],
      keyDimension: isLatent ? sizes[1] + sizes[2] : sizes[2],
      valueDimension: isLatent ? sizes[1] : sizes[2], arithmetic: .bf16, kv: .bf16, isCold: false)
    table.add(
      row, device: try row.rows.text("gpu"),
      family: isLatent ? "mla-prefill" : "attention-prefill",
      kernel: isLatent ? "infersim-mla-bf16kv" : "infersim-fa3-bf16kv-d\(sizes[2])",
      call: .attentionPrefill(call), seconds: try row.seconds("latency_us", scale: 1e-6),
      group: "\(sizes[0])/\(sizes[1])/\(tokens)")
  }

  private static func selected(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try part(
      row, &table, .attention, batch: 1, tokens: try row.integer("s_q", in: lengths),
      context: try row.integer("s_kv", in: lengths),
      seconds: try row.seconds("latency_us", scale: 1e-6))
  }

  private static func scores(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try part(
      row, &table, .scores, batch: 1, tokens: try row.integer("s_q", in: lengths),
      context: try row.integer("s_kv", in: lengths),
      seconds: try row.seconds("latency_us", scale: 1e-6))
  }

  private static func decodeScores(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    try part(
      row, &table, .scores, batch: try row.integer("batchsize", in: lengths),
      tokens: try row.integer("next_n", in: lengths),
      context: try row.integer("s_kv", in: lengths), isPaged: true,
      seconds: try row.seconds("latency_us", scale: 1e-6))
  }

  /// The sizes are those of DeepSeek-V3.2: 128 heads, 2048 chosen entries, 64 heads of the index.
  private static func part(
    _ row: MeasuredRow, _ table: inout MeasurementTable, _ part: AttentionPartCall.Part,
    batch: Int, tokens: Int, context: Int, isPaged: Bool = false, seconds: Double?
  ) throws(Faults) {
    let shape = try row.rows.text("shape")
    guard shape == "attn-128-576-2048" || shape == "logits-64-128" else {
      return table.skip("no price for selecting attention of the shape \(shape.prefix(40))")
    }
    let call = AttentionPartCall(
      part: part, model: .deepSeekV32, batch: batch, tokens: tokens,
      cached: max(context - tokens, 0), heads: 128, compression: 1, isPaged: isPaged)
    let words = ["infersim", "v32", part.rawValue, isPaged || tokens == 1 ? "decode" : "prefill"]
    table.add(
      row, device: try row.rows.text("gpu"), family: "attention-part",
      kernel: words.joined(separator: "-"), call: .attentionPart(call), seconds: seconds,
      group: "\(tokens)/\(context)")
  }

  private static func recurrent(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    table.skip("gated delta nets: a layer with a recurrent state is no operation here")
  }

  /// Grouped FP8 products of DeepGEMM: `up` is gate and up projection together.
  ///
  /// Each group's rows are drawn: `tokens_per_expert` times an even draw of 0.7 to 1.3, without its
  /// fraction, so that of groups of one row half have none. How many rows were drawn in all is what
  /// `mfu` says, flops over peak and time; below 0.05 its three decimals are too coarse, and the
  /// mean of draws stands in for it.
  private static func grouped(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let device = try rows.text("gpu")
    let isMasked = rows.has("batch_size_per_gpu")
    let groups = try row.integer("num_local_experts", in: 1...(1 << 16))
    let each = Double(max(1, try row.integer("tokens_per_expert", in: 0...(1 << 32))))
    let (hidden, inner) = (try row.integer("hidden_size"), try row.integer("intermediate_size"))
    for (name, n, k) in [("up", 2 * inner, hidden), ("down", hidden, inner)] {
      guard let seconds = try row.seconds("\(name)_proj_us", scale: 1e-6) else {
        table.skip("a time of 0 means that the kernel did not run")
        continue
      }
      let share = try rows.number("\(name)_mfu", in: 0...10)
      var drawn = GroupDraw(groups: groups, each: each)
      if let peak = peaks[device.lowercased()], share >= 0.05 {
        drawn.scale(to: share * peak * seconds / (2 * Double(n) * Double(k)))
      }
      let call = GroupedProductCall(
        groups: groups, active: drawn.active, rows: drawn.rows, tilesOf64: drawn.tiles(64),
        tilesOf128: drawn.tiles(128), n: n, k: k, precision: .fp8)
      table.add(
        row, device: device, family: "grouped-gemm",
        kernel: isMasked ? "deepgemm-masked-fp8" : "deepgemm-contiguous-fp8",
        call: .groupedProduct(call), seconds: seconds, group: "\(hidden)/\(inner)/\(groups)")
    }
  }

  /// The peaks that `mfu` is a share of, 8 bits, flops a second.
  private static let peaks: [String: Double] = ["h20": 296e12, "h800": 1979e12]
}

/// Rows of groups in the mean over even draws of 0.7 to 1.3 times `each`, fractions dropped.
private struct GroupDraw {
  private static let draws = 64
  private let groups: Double
  private var sizes: [Double]

  init(groups: Int, each: Double) {
    self.groups = Double(groups)
    let step = 0.6 / Double(Self.draws)
    sizes = []
    for draw in 0..<Self.draws {
      let factor: Double = 0.7 + (Double(draw) + 0.5) * step
      sizes.append((each * factor + 1e-9).rounded(.down))
    }
  }

  var active: Double { mean(of: sizes.map { $0 > 0 ? 1 : 0 }) }
  var rows: Double { mean(of: sizes) }
  func tiles(_ rows: Double) -> Double { mean(of: sizes.map { ($0 / rows).rounded(.up) }) }

  /// All groups larger or smaller by one factor, within what draws can do.
  mutating func scale(to total: Double) {
    guard rows > 0 else { return }
    let factor = min(max(total / rows, 0.6), 1.5)
    for index in sizes.indices { sizes[index] *= factor }
  }

  private func mean(of values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count) * groups
  }
}
