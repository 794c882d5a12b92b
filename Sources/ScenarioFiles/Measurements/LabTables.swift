import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of the form `family,kernel,timing,…,ms,…,bytes,flops`: one case a row, caches cold.
enum LabTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["family", "kernel", "timing", "ms", "bytes", "flops"], read: row)
  ]

  private static func row(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    switch try row.rows.text("family") {
    case "gemm": try product(row, &table)
    case "attention_decode": try decode(row, &table)
    case "attention_prefill": try prefill(row, &table)
    case "moe": try experts(row, &table)
    case "activation_sparse_ffn": try feedForward(row, &table)
    case "hbm", "link": try transfer(row, &table)
    case "host", "launch":
      table.skip("launches and host copies have one or two rows: nothing to fit or hold out")
    case "storage": try storage(row, &table)
    case "kv_offload": try StepTables.offload(row, &table)
    default:
      throw row.rows.fault(
        .unknownName(
          key: "family", kind: "kernel family", found: try row.rows.text("family"),
          known: [
            "gemm", "attention_decode", "attention_prefill", "moe", "activation_sparse_ffn", "hbm",
            "link", "host", "launch", "storage", "kv_offload",
          ]))
    }
  }

  private static func add(
    _ row: MeasuredRow, _ table: inout MeasurementTable, family: String, call: KernelCall,
    group: String, twin: String? = nil, isSparse: Bool = false
  ) throws(Faults) {
    table.add(
      row, device: row.folder, family: family,
      kernel: try row.rows.text("kernel").replacing("_", with: "-"), call: call,
      seconds: try row.seconds("ms", scale: 1e-3), group: group, twin: twin, isSparse: isSparse)
  }

  private static func product(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let (m, n, k) = (try row.integer("m"), try row.integer("n"), try row.integer("k"))
    let isSparse = try row.rows.text("kernel").hasPrefix("sparse24")
    let call = MatrixCall(
      m: m, n: n, k: k, weights: .bf16, arithmetic: .bf16, isTwoFour: isSparse)
    try add(
      row, &table, family: isSparse ? "gemm-2:4" : "gemm", call: .product(call),
      group: "\(n)x\(k)", twin: "\(m)x\(n)x\(k)", isSparse: isSparse)
  }

  private static func decode(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let batch = try row.integer("batch")
    let context = try row.integer("context")
    let heads = try row.integer("heads")
    let kvHeads = try row.integer("kv_heads")
    let page = try row.integer("page")
    let pages = try row.integer("pages_read")
    let dimension = try row.integer("head_dim")
    let keep = try row.rows.number("keep", in: 0...1)
    let call = DecodeAttentionCall(
      batch: batch, context: context, read: min(context, pages * page), heads: heads,
      kvHeads: kvHeads, keyDimension: dimension, valueDimension: dimension, page: page, kv: .bf16,
      isCold: true)
    try add(
      row, &table, family: "attention-decode", call: .attentionDecode(call),
      group: "\(batch)/\(context)", twin: "\(batch)/\(context)/\(heads)/\(kvHeads)/\(page)",
      isSparse: keep < 1)
  }

  private static func prefill(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let batch = try row.integer("batch")
    let context = try row.integer("context")
    let heads = try row.integer("heads")
    let kvHeads = try row.integer("kv_heads")
    let dimension = try row.integer("head_dim")
    let block = row.rows.has("density") ? try row.integer("block", in: 0...65536) : 0
    let isBlockSparse = block > 0
    let density = isBlockSparse ? try row.rows.number("density", in: 0...1) : 1
    let call = PrefillAttentionCall(
      batch: batch, tokens: context, heads: heads, kvHeads: kvHeads, keyDimension: dimension,
      valueDimension: dimension, density: density,
      block: block,
      gathered: row.rows.has("gathered") ? try row.rows.number("gathered", in: 0...1) : 0,
      arithmetic: .bf16, kv: .bf16, isCold: true)
    try add(
      row, &table, family: isBlockSparse ? "attention-prefill-sparse" : "attention-prefill",
      call: .attentionPrefill(call), group: "\(batch)/\(context)",
      twin: "\(batch)/\(context)/\(heads)/\(kvHeads)", isSparse: isBlockSparse && density < 1)
  }

  private static func experts(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let hidden = try row.integer("hidden")
    let inner = try row.integer("inter")
    let count = try row.integer("experts")
    let topK = try row.integer("topk")
    let tokens = try row.integer("tokens")
    let active = try row.integer("active_experts", in: 1...(1 << 16))
    let busiest = try row.integer("max_load")
    let slots = Double(tokens) * Double(topK)
    let call = ExpertCall(
      tokens: tokens, hidden: hidden, inner: inner, topK: topK, experts: count,
      routing: .counted(active: active, mostLoaded: busiest), weights: .bf16, arithmetic: .bf16,
      isCold: true,
      load: ExpertLoad(
        falling: slots, over: active, from: Double(busiest), tokens: Double(tokens)))
    try add(
      row, &table, family: "moe", call: .experts(call),
      group: "\(hidden)/\(inner)/\(count)/\(topK)")
  }

  private static func feedForward(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let hidden = try row.integer("hidden")
    let inner = try row.integer("inter")
    let neurons = row.rows.isEmpty("neurons") ? nil : try row.integer("neurons")
    let call = FeedForwardCall(hidden: hidden, inner: inner, neurons: neurons, precision: .bf16)
    try add(
      row, &table, family: "gathered-ffn", call: .gatheredFeedForward(call),
      group: "\(hidden)/\(inner)", twin: "\(hidden)/\(inner)", isSparse: neurons != nil)
  }

  private static let ways: [String: TransferCall.Way] = [
    "copy": .deviceCopy, "gather_rows": .deviceGather, "h2d_pinned": .hostToDevice,
    "d2h_pinned": .deviceToHost, "h2d_pageable": .pageableHostToDevice,
    "d2h_pageable": .pageableDeviceToHost, "h2d_scattered_memcpy": .hostToDevice,
    "h2d_zero_copy_gather": .zeroCopyGather,
  ]

  private static func transfer(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let name = try row.rows.text("kernel")
    guard let way = ways[name] else {
      table.skip("no price for the transfer \(name.prefix(40))")
      return
    }
    var pieces = 1
    for column in ["rows", "blocks"] where row.rows.has(column) && !row.rows.isEmpty(column) {
      pieces = try row.integer(column)
    }
    let bytes = try row.rows.number("bytes", in: 0...1e15)
    let call = TransferCall(way: way, bytes: bytes, pieces: pieces)
    try add(
      row, &table, family: try row.rows.text("family"), call: .transfer(call),
      group: "\(bytes)/\(pieces)")
  }

  private static func storage(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let chunk = try row.integer("chunk")
    let depth = try row.integer("threads")
    try add(
      row, &table, family: "storage",
      call: .storageRead(StorageCall(chunkBytes: Double(chunk), depth: depth)),
      group: "\(chunk)/\(depth)")
  }
}
