import Diagnostics
import Validation

/// Tables of decode rates of whole models.
enum EndToEndTables {
  static let kinds =
    LocalRuntimeTables.kinds + AppleTables.kinds + ServerTables.kinds + unpredicted

  static let lengths = 0...(1 << 30)
  static let counts = 1...1_000_000
  static let rates = 0.0...1e9

  /// A rate of tokens a second as the time of one step of `batch` sequences; nil for 0 or none.
  static func stepSeconds(
    _ row: MeasuredRow, _ column: String, batch: Double = 1
  ) throws(Faults) -> Double? {
    guard !row.rows.isEmpty(column) else { return nil }
    let rate = try row.rows.number(column, in: rates)
    return rate > 0 ? batch / rate : nil
  }

  /// A whole number, or `otherwise` where the field is empty or 0.
  static func count(
    _ row: MeasuredRow, _ column: String, otherwise: Int = 1
  ) throws(Faults) -> Int {
    guard !row.rows.isEmpty(column) else { return otherwise }
    let value = try row.rows.number(column, in: 0...1e6)
    return value >= 1 ? Int(value) : otherwise
  }

  /// A table whose rows no form predicts, with the columns that tell it and the reason.
  private static func passedOver(_ columns: [String], _ reason: String) -> MeasurementFile.Kind {
    .init(columns: columns) { _, table in table.skip(reason) }
  }

  private static let unpredicted: [MeasurementFile.Kind] = [
    passedOver(
      ["run_id", "step", "wall_ms", "io_ms", "compute_ms", "read_bytes"],
      "single steps of experts streamed from storage: play the scenario moe-offload-phone"),
    passedOver(
      ["moe_stream", "cache_mb", "io_threads", "sum_tok_per_s"],
      "runs of experts streamed from storage: play the scenario moe-offload-phone"),
    passedOver(
      ["run_id", "sample", "decode_tok_per_s"],
      "rates over a long run, which throttles: no form of temperature"),
    passedOver(
      ["phase", "elapsed_s", "decode_tps"],
      "rates over a long run, which throttles: no form of temperature"),
    passedOver(
      ["cycles_per_token", "instructions_per_token"], "counters of a processor, not a rate"),
    passedOver(
      ["table_id", "pp", "tg", "n_kv", "tg_tok_s"],
      "layers split between processors by patterns, hardware in free text"),
    passedOver(
      ["table_id", "label", "command"],
      "layers split between processors by patterns, hardware in free text"),
    passedOver(
      ["label", "model", "backend", "settings", "test", "tok_s"],
      "layers split between processors by patterns, hardware in free text"),
    passedOver(
      ["submitter", "scenario", "result", "units", "accelerator"],
      "a throughput without batch or lengths"),
    passedOver(
      ["repo", "licence", "device", "model", "setting", "metric", "value", "unit"],
      "a published figure whose format or setting is not stated in columns"),
    passedOver(
      ["machine", "ctx_tokens", "gen_tps", "kvcache_bytes"],
      "the format of the weights is not stated"),
    passedOver(
      ["t", "prompt_throughput", "gen_throughput", "running", "waiting"],
      "throughput by second of a run whose requests are a table of their own"),
    passedOver(
      ["model", "parallel", "isl", "osl", "concurrency", "median_tpot_s"],
      "the device is not stated"),
  ]
}
