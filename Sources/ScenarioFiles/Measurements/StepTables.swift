import Diagnostics
import Models
import Validation

/// Tables of whole decode steps.
enum StepTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "model", "layers", "hidden", "heads", "kv_heads", "head_dim", "inter", "vocab", "batch",
        "context", "page", "keep", "pages_read", "select", "ms",
      ], read: decode)
  ]

  /// Recorded as one graph of PyTorch kernels.
  private static let graph = "cuda-graph"
  private static let widths = 1...1_000_000
  private static let counts = 1...100_000

  /// A Llama-shaped model of random weights: grouped attention and a gated block, both after a norm.
  private static func decode(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let heads = try row.integer("heads", in: counts)
    let kvHeads = try row.integer("kv_heads", in: 1...4096)
    guard heads.isMultiple(of: kvHeads) else {
      throw row.rows.fault(
        .conflict(
          key: "kv_heads", found: "\(kvHeads)", mend: "give a divisor of the \(heads) heads"))
    }
    let attention = GroupedAttention(
      queryHeads: heads, kvHeads: kvHeads, keyDimension: try row.integer("head_dim", in: widths))
    let block = DenseFeedForward(
      intermediate: try row.integer("inter", in: widths), gated: true, activation: .silu)
    let layer = Layer(attention: .grouped(attention), feedForward: .dense(block))
    let model = Model(
      name: try row.rows.text("model"), hidden: try row.integer("hidden", in: widths),
      vocabulary: try row.integer("vocab", in: 1...100_000_000), tiedEmbeddings: false,
      layers: Array(repeating: layer, count: try row.integer("layers", in: 1...10_000)))
    let context = try row.integer("context", in: 2...1_000_000_000)
    let page = try row.integer("page", in: 1...context)
    let shape = DecodeStepShape(
      model: model, batch: try row.integer("batch", in: counts), context: context, page: page,
      pagesRead: try row.integer("pages_read", in: 1...((context + page - 1) / page)),
      keep: try row.rows.number("keep", in: 0...1),
      selects: try row.rows.text("select") != "none")
    try add(row, &table, device: row.folder, shape: .decode(shape))
  }

  /// Layers of three products and attention of eight KV heads, with pages fetched by a gather.
  static func offload(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    guard try row.rows.text("timing") == "graph" else {
      table.skip("only steps recorded as one graph have a runtime")
      return
    }
    let overlap = try row.rows.text("overlap")
    guard overlap == "True" || overlap == "False" else {
      throw row.rows.fault(
        .wrongKind(key: "overlap", found: String(overlap.prefix(80)), expected: "True or False"))
    }
    let page = try row.integer("page", in: widths)
    let weights = try row.rows.number("weights_bytes_per_layer", in: 1...1e15)
    let pages = (try row.integer("budget", in: 1...1_000_000_000) + page - 1) / page
    let shape = OffloadStepShape(
      layers: try row.integer("layers", in: 1...10_000), products: 3, productBytes: weights / 3,
      pagesRead: 8 * pages, pageBytes: try row.rows.number("page_bytes", in: 1...1e12),
      pagesFetched: try row.integer("pages_fetched_per_layer", in: 0...10_000_000),
      overlaps: overlap == "True")
    try add(row, &table, device: row.folder, shape: .offload(shape))
  }

  private static func add(
    _ row: MeasuredRow, _ table: inout MeasurementTable, device: String, shape: MeasuredStep.Shape
  ) throws(Faults) {
    guard let seconds = try row.seconds("ms", scale: 1e-3) else {
      table.skip("a time of 0 means that the kernel did not run")
      return
    }
    table.steps.append(
      MeasuredStep(
        device: device, runtime: graph, shape: shape, seconds: seconds, line: row.rows.line))
  }
}
