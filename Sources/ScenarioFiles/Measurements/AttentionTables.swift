import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of attention kernels alone.
enum AttentionTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "op_name", "batch_size", "isl", "num_heads", "num_key_value_heads", "head_dim",
        "kv_cache_dtype", "step", "latency",
      ], read: grouped),
    MeasurementFile.Kind(
      columns: ["op_name", "mla_dtype", "kv_cache_dtype", "num_heads", "tp_size", "latency"],
      read: latent),
  ]

  private static func kvFormat(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) -> Precision? {
    let name = try row.rows.text("kv_cache_dtype")
    guard let kv = NumberFormats.kv[name] else {
      table.skip("no price for KV in the format \(name.prefix(40))")
      return nil
    }
    return kv
  }

  private static func grouped(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    guard let kv = try kvFormat(row, &table) else { return }
    let batch = try row.integer("batch_size")
    let heads = try row.integer("num_heads")
    let kvHeads = try row.integer("num_key_value_heads")
    let dimension = try row.integer("head_dim")
    let step = try row.integer("step", in: 0...(1 << 40))
    let window = rows.has("window_size") ? try row.integer("window_size", in: 0...(1 << 40)) : 0
    let length = try row.integer("isl")
    let source = try rows.text("kernel_source")
    let device = try rows.text("device")
    let library = library(source, on: device)
    let group = "\(heads)/\(kvHeads)/\(dimension)"
    let seconds = try row.seconds("latency", scale: 1e-3)
    let isDecode = try rows.text("op_name") == "generation_attention"
    let path = path(
      library, isDecode: isDecode, isWindowed: window > 0, isGrouped: heads > kvHeads)
    let name = row.kernel(
      [try rows.text("framework"), library, "\(kv.rawValue)kv", "d\(dimension)"] + path)
    if isDecode {
      let context = step + length
      let call = DecodeAttentionCall(
        batch: batch, context: context, read: window > 0 ? min(window, context) : context,
        heads: heads, kvHeads: kvHeads, keyDimension: dimension, valueDimension: dimension,
        window: window, page: 64, kv: kv, isCold: false)
      table.add(
        row, device: device, family: "attention-decode", kernel: name,
        call: .attentionDecode(call), seconds: seconds,
        reading: try row.reading(seconds: seconds, issue: 100e-6), group: group)
    } else {
      let call = PrefillAttentionCall(
        batch: batch, tokens: length, cached: step, heads: heads, kvHeads: kvHeads,
        keyDimension: dimension, valueDimension: dimension, window: window, arithmetic: .bf16,
        kv: kv, isCold: false)
      table.add(
        row, device: device, family: "attention-prefill", kernel: name,
        call: .attentionPrefill(call), seconds: seconds,
        reading: try row.reading(seconds: seconds, issue: 100e-6), group: group)
    }
  }

  /// Latent attention of DeepSeek's shape: keys of 576 numbers of which 512 are the value; a prompt
  /// is attended with keys of 192 and values of 128 for each head.
  private static func latent(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    guard let kv = try kvFormat(row, &table) else { return }
    let batch = try row.integer("batch_size")
    let heads = try row.integer("num_heads")
    let step = try row.integer("step", in: 0...(1 << 40))
    let length = try row.integer("isl")
    let name = row.kernel([try rows.text("framework"), "mla", "\(kv.rawValue)kv"])
    let device = try rows.text("device")
    let seconds = try row.seconds("latency", scale: 1e-3)
    if try rows.text("op_name") == "mla_generation" {
      let call = DecodeAttentionCall(
        batch: batch, context: step + length, read: step + length, heads: heads, kvHeads: 1,
        keyDimension: 576, valueDimension: 512, sharesKeysAndValues: true, page: 64, kv: kv,
        isCold: false)
      table.add(
        row, device: device, family: "mla-decode", kernel: name, call: .attentionDecode(call),
        seconds: seconds, group: "\(heads)")
    } else {
      let call = PrefillAttentionCall(
        batch: batch, tokens: length, cached: step, heads: heads, kvHeads: heads,
        keyDimension: 192, valueDimension: 128, arithmetic: .bf16, kv: kv, isCold: false)
      table.add(
        row, device: device, family: "mla-prefill", kernel: name, call: .attentionPrefill(call),
        seconds: seconds, group: "\(heads)")
    }
  }

  /// The library behind a kernel's source: `vllm_flash_attn_fa3` is FlashAttention-3.
  ///
  /// vLLM's `vllm_flash_attn` is the second FlashAttention, on Hopper devices the third; SGLang's
  /// `flash_attention` is the third.
  private static func library(_ source: String, on device: String) -> String {
    let source = source.lowercased()
    for word in ["fa2", "fa3", "fa4", "flashinfer", "triton"] where source.contains(word) {
      return word
    }
    return switch source {
    case "vllm_flash_attn":
      ["H100", "H200", "H800", "H20"].contains(where: device.contains) ? "fa3" : "fa2"
    case "flash_attention": "fa3"
    case "torch_flow": "thop"
    default: "default"
    }
  }

  /// Which of a library's ways through a call its shape takes, where ways differ.
  private static func path(
    _ library: String, isDecode: Bool, isWindowed: Bool, isGrouped: Bool
  ) -> [String] {
    if isDecode, library == "fa2" { return isWindowed || !isGrouped ? ["unpacked"] : [] }
    return isWindowed ? ["window"] : []
  }
}
