import Diagnostics
import Validation

/// Tables of steps that ran as a recorded trace asks for them, step by step.
enum ReplayTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "trace", "topk_pages", "cache_pages_per_head", "step", "layers", "kv_heads",
        "query_heads", "page_tokens", "page_bytes", "weights_bytes_per_layer", "misses_by_layer",
        "ms",
      ], read: pages),
    MeasurementFile.Kind(
      columns: [
        "trace", "cache_experts_per_layer", "step", "layers", "topk", "experts", "hidden",
        "inter", "dense_bytes_per_layer", "misses_by_layer", "ms",
      ], read: experts),
    MeasurementFile.Kind(
      columns: [
        "trace", "window", "bundle_bytes", "threads", "token", "layer", "bundles_read", "us",
      ], read: neurons),
  ]

  private static let counts = 1...65536
  private static let bytes = 1...(1 << 40)
  private static let steps = 0...100_000_000

  private static func pages(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let layers = try row.integer("layers", in: counts)
    let kvHeads = try row.integer("kv_heads", in: counts)
    let queryHeads = try row.integer("query_heads", in: counts)
    guard queryHeads.isMultiple(of: kvHeads) else {
      throw row.rows.fault(
        .conflict(
          key: "kv_heads", found: "\(kvHeads)",
          mend: "give a divisor of the \(queryHeads) query heads"))
    }
    let shape = PageReplayShape(
      layers: layers, queryHeads: queryHeads, kvHeads: kvHeads,
      picks: try row.integer("topk_pages", in: counts),
      cachedPages: try row.integer("cache_pages_per_head", in: counts),
      pageTokens: try row.integer("page_tokens", in: counts),
      pageBytes: try row.integer("page_bytes", in: 1...(1 << 30)),
      weightBytes: try row.integer("weights_bytes_per_layer", in: bytes))
    try add(row, &table, runtime: "cuda-graph", shape: .pages(shape), layers: layers)
  }

  private static func experts(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let layers = try row.integer("layers", in: counts)
    let experts = try row.integer("experts", in: counts)
    let shape = ExpertReplayShape(
      layers: layers, hidden: try row.integer("hidden", in: 1...1_000_000),
      inner: try row.integer("inter", in: 1...1_000_000),
      topK: try row.integer("topk", in: 1...experts), experts: experts,
      cachedExperts: try row.integer("cache_experts_per_layer", in: counts),
      denseBytes: try row.integer("dense_bytes_per_layer", in: bytes))
    try add(row, &table, runtime: "cuda-graph", shape: .experts(shape), layers: layers)
  }

  /// One row is one step, with what each layer fetched.
  private static func add(
    _ row: MeasuredRow, _ table: inout MeasurementTable, runtime: String,
    shape: MeasuredReplay.Shape, layers: Int
  ) throws(Faults) {
    let text = try row.rows.text("misses_by_layer")
    let fetched = text.split(separator: " ").compactMap { Int($0) }
    guard fetched.count == layers, fetched.allSatisfy({ $0 >= 0 }) else {
      throw row.rows.fault(
        .wrongKind(
          key: "misses_by_layer", found: String(text.prefix(80)),
          expected: "\(layers) whole numbers of 0 or more, set apart by spaces"))
    }
    guard let seconds = try row.seconds("ms", scale: 1e-3) else {
      table.skip("a time of 0 means that the kernel did not run")
      return
    }
    let step = try row.integer("step", in: steps)
    let replay = MeasuredReplay(
      device: row.folder, recording: try row.rows.text("trace"), runtime: runtime, shape: shape,
      firstStep: step,
      steps: [.init(fetched: fetched, seconds: seconds, line: row.rows.line)])
    table.append(replay)
  }

  /// One row is one layer of a token; a token's layers follow each other from 0.
  private static func neurons(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let shape = NeuronReplayShape(
      window: try row.integer("window", in: 0...4096),
      bundleBytes: try row.integer("bundle_bytes", in: 4...(1 << 30)),
      threads: try row.integer("threads", in: counts))
    let token = try row.integer("token", in: steps)
    let layer = try row.integer("layer", in: 0...65535)
    let read = try row.integer("bundles_read", in: 0...(1 << 31))
    let seconds = try row.rows.number("us", in: 0...1e12) * 1e-6
    let replay = MeasuredReplay(
      device: row.folder, recording: try row.rows.text("trace"), runtime: "host-threads",
      shape: .neurons(shape), firstStep: token,
      steps: [.init(fetched: [read], seconds: seconds, line: row.rows.line)])
    guard layer > 0 else { return table.append(replay) }
    guard table.extend(replay, layer: layer) else {
      throw row.rows.fault(
        .conflict(
          key: "layer", found: "\(layer)",
          mend: "sort the rows by token and layer; layers of a token count from 0"))
    }
  }
}

extension MeasurementTable {
  /// Adds a replay of one step, which goes on with the last one where it can.
  mutating func append(_ replay: MeasuredReplay) {
    guard let last = replays.last, last.runs(as: replay),
      last.firstStep + last.steps.count == replay.firstStep
    else {
      replays.append(replay)
      return
    }
    replays[replays.count - 1].steps += replay.steps
  }

  /// Adds a further layer to the last step; false where it does not belong there.
  mutating func extend(_ replay: MeasuredReplay, layer: Int) -> Bool {
    guard let last = replays.last, last.runs(as: replay), let step = last.steps.last,
      last.firstStep + last.steps.count - 1 == replay.firstStep, step.fetched.count == layer,
      let own = replay.steps.first
    else { return false }
    let at = (replays.count - 1, last.steps.count - 1)
    replays[at.0].steps[at.1].fetched += own.fetched
    replays[at.0].steps[at.1].seconds += own.seconds
    return true
  }
}
