import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of whole attention blocks, and of single kernels of blocks that select entries.
enum AttentionBlockTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["model", "architecture", "mla_dtype", "gemm_type", "latency"], read: read)
  ]

  private static func read(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let name = try rows.text("op_name")
    let modelName = try rows.text("model")
    guard let model = model(modelName) else {
      table.skip("no sizes are known of the attention block of \(modelName.prefix(60))")
      return
    }
    if let part = parts[name] { return try self.part(row, &table, part: part, model: model) }
    guard let kind = kinds(of: name) else {
      table.skip("no price for the attention block \(name.prefix(60))")
      return
    }
    try block(row, &table, kind: kind, model: model)
  }

  /// Models of the same block go by one name.
  private static func model(_ name: String) -> AttentionBlockModel? {
    let known: [(word: String, model: AttentionBlockModel)] = [
      ("DeepSeek-V3.2", .deepSeekV32), ("DeepSeek-V3", .deepSeekV3), ("DeepSeek-R1", .deepSeekV3),
      ("Kimi-K2", .deepSeekV3), ("GLM-5", .glm5), ("DeepSeek-V4-Flash", .deepSeekV4Flash),
      ("DeepSeek-V4-Pro", .deepSeekV4Pro), ("MiniMax-M3", .miniMaxM3),
    ]
    return known.first { name.contains($0.word) }?.model
  }

  /// What the name of an operation says: `dsa_context_module_skip_indexer`.
  private struct Kind {
    /// `mla`, `dsa`, `csa`, `hca` or `msa`.
    var word: String
    var isDecode: Bool
    var skipsIndex: Bool
  }

  private static func kinds(of name: String) -> Kind? {
    var words = name.split(separator: "_").map(String.init)
    if words.first == "dsv4" { words.removeFirst() }
    guard words.count >= 3, ["mla", "dsa", "csa", "hca", "msa"].contains(words[0]),
      ["context", "generation"].contains(words[1]), words[2] == "module"
    else { return nil }
    let rest = words.dropFirst(3).joined(separator: "_")
    guard rest.isEmpty || rest == "skip_indexer" else { return nil }
    return Kind(word: words[0], isDecode: words[1] == "generation", skipsIndex: !rest.isEmpty)
  }

  private static func block(
    _ row: MeasuredRow, _ table: inout MeasurementTable, kind: Kind, model: AttentionBlockModel
  ) throws(Faults) {
    let rows = row.rows
    let (gemm, kvName) = (try rows.text("gemm_type"), try rows.text("kv_cache_dtype"))
    guard let format = NumberFormats.product[gemm], let kv = NumberFormats.kv[kvName] else {
      table.skip("no price for a block in \(gemm.prefix(40)) with KV in \(kvName.prefix(40))")
      return
    }
    let framework = try rows.text("framework").lowercased()
    let source = try rows.text("kernel_source").lowercased()
    let library = BlockLibrary(framework: framework, source: source, kind: kind.word)
    let batch = try row.integer("batch_size")
    let tokens = try row.integer("isl")
    let step = try row.integer("step", in: 0...(1 << 40))
    let heads = try row.integer(rows.has("local_num_heads") ? "local_num_heads" : "num_heads")
    let isDecode = kind.isDecode || library.decodes(tokens: tokens)
    let call = AttentionBlockCall(
      model: model, batch: batch, tokens: tokens,
      cached: kind.isDecode ? max(step - tokens, 0) : step, heads: heads,
      compression: try compression(row), weights: format.weights, kv: kv, isDecode: isDecode,
      expands: library.expands(isDecode: isDecode), skipsIndex: kind.skipsIndex,
      isEager: library.isEager(isDecode: isDecode, batch: batch))
    let path = library.path(
      isDecode: isDecode, skipsIndex: kind.skipsIndex, heads: heads, kv: kv)
    table.add(
      row, device: try rows.text("device"),
      family: isDecode ? "attention-block-decode" : "attention-block-prefill",
      kernel: row.kernel(
        [framework, kind.word, model.rawValue, format.name, "\(kv.rawValue)kv"] + path),
      call: .attentionBlock(call), seconds: try row.seconds("latency", scale: 1e-3),
      group: "\(heads)")
  }

  private static let parts: [String: AttentionPartCall.Part] = [
    "dsv4_paged_mqa_logits_module": .scores, "glm5_mqa_logits_module": .scores,
    "glm5_topk_module": .choice, "dsv4_csa_topk_calib": .choice,
    "glm5_dsa_attn_module": .attention, "dsv4_hca_attn_module": .attention,
  ]

  private static func part(
    _ row: MeasuredRow, _ table: inout MeasurementTable, part: AttentionPartCall.Part,
    model: AttentionBlockModel
  ) throws(Faults) {
    let rows = row.rows
    let name = try rows.text("op_name")
    let (batch, tokens) = (try row.integer("batch_size"), try row.integer("isl"))
    let compression = try compression(row)
    let call = AttentionPartCall(
      part: part, model: model, batch: batch, tokens: tokens,
      cached: try row.integer("step", in: 0...(1 << 40)),
      heads: try row.integer(rows.has("local_num_heads") ? "local_num_heads" : "num_heads"),
      compression: compression, isPaged: name.contains("paged"))
    var words = [try rows.text("framework"), model.rawValue, part.rawValue]
    if rows.has("score_mode") {
      words += try rows.text("score_mode").split(separator: "_").map(String.init)
    }
    // All entries are attended by another kernel where each sequence has one new token.
    if part == .attention, compression >= AttentionBlockCall.heavyCompression {
      words.append(tokens == 1 ? "all-single" : "all")
    }
    table.add(
      row, device: try rows.text("device"), family: "attention-part", kernel: row.kernel(words),
      call: .attentionPart(call), seconds: try row.seconds("latency", scale: 1e-3),
      group: "\(batch)/\(tokens)")
  }

  private static func compression(_ row: MeasuredRow) throws(Faults) -> Int {
    guard row.rows.has("compress_ratio") else { return 1 }
    return max(1, try row.integer("compress_ratio", in: 0...65536))
  }
}

/// What a serving library does with an attention block: facts from its tables, not fits.
struct BlockLibrary {
  /// `vllm`, `sglang` or `trtllm`, and the kernel that the table names.
  var framework: String
  var source: String
  /// `mla`, `dsa`, `csa`, `hca` or `msa`.
  var kind: String

  private static let fewHeads = 32
  private static let mostCaptured = 256

  /// vLLM's compressed attention takes a prompt of one token for a decoding one.
  func decodes(tokens: Int) -> Bool {
    framework == "vllm" && (kind == "csa" || kind == "hca") && tokens == 1
  }

  /// Prompts of latent attention without an index, and short ones with, run as ordinary attention.
  ///
  /// `flash_attn_mla` and `flashmla` attend the latent entries as they are.
  func expands(isDecode: Bool) -> Bool {
    !isDecode && (source.contains("mha") || (kind == "mla" && !source.contains("mla")))
  }

  /// vLLM's and SGLang's prompts of the index run without a graph, as do SGLang's of block-sparse
  /// attention and its decode steps beyond the batches that it captures.
  func isEager(isDecode: Bool, batch: Int) -> Bool {
    if isDecode { return framework == "sglang" && batch > Self.mostCaptured }
    return (kind == "dsa" && framework != "trtllm") || (kind == "msa" && framework == "sglang")
  }

  /// Which way through the library a row takes, as words of a kernel's name.
  ///
  /// vLLM runs prompts over FP8 entries with its decode kernel where it has fewer than 32 heads,
  /// and widens the entries first where it has more.
  func path(isDecode: Bool, skipsIndex: Bool, heads: Int, kv: Precision) -> [String] {
    var words = source.split(separator: "_").map(String.init)
    if words.first == "sglang" { words.removeFirst() }
    if words.first == kind { words.removeFirst() }
    if words == ["default"] { words = [] }
    if skipsIndex, !words.contains("skip") { words.insert("skip", at: 0) }
    if framework == "vllm", kind == "dsa", !isDecode, kv == .fp8, heads < Self.fewHeads {
      words.append("mixed")
    }
    return words
  }
}
