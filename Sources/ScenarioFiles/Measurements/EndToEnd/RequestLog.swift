import Diagnostics
import Foundation
import Validation

/// Logs of a server's requests, one JSON object a line: `NAME_requests.jsonl`, plain or gzip.
///
/// Model, parallel sizes and device are those of `NAME_meta.json` beside it; what that file does
/// not state is taken from NAME, which is `runtime_device_model` and perhaps `_dp2ep` or `_tp2`.
enum RequestLog {
  static let keys = [
    "input_toks", "output_toks", "scheduled_ts", "first_token_ts", "last_token_ts",
  ]

  static func matches(_ bytes: [UInt8]) -> Bool { bytes.first == UInt8(ascii: "{") }

  static func read(_ bytes: [UInt8], file: String) throws(Faults) -> MeasurementTable {
    var requests: [ServedRun.Request] = []
    for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy({ $0 == 32 || $0 == 13 }) {
      let place = SourcePosition(file: file, line: number + 1)
      requests.append(try request(Data(line), at: place))
    }
    var table = MeasurementTable(file: file)
    let facts = try RunFacts(log: file)
    guard let device = facts.device, let model = facts.model else {
      table.skip(
        "neither a _meta.json beside it nor its name says device and model", rows: requests.count)
      return table
    }
    guard facts.pipeline == 1, let format = facts.format else {
      table.skip("layers in a pipeline, or a format that is not known", rows: requests.count)
      return table
    }
    var run = ServedRun(
      device: device, runtime: facts.runtime, model: model, format: format,
      layout: .init(
        tensor: facts.tensor, data: facts.data, devices: facts.tensor * facts.data),
      requests: requests)
    run.limits = facts.limits
    run.version = facts.version
    table.runs = [run]
    return table
  }

  private static func request(
    _ data: Data, at place: SourcePosition
  ) throws(Faults) -> ServedRun.Request {
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: data)
    } catch {
      throw Faults(
        .malformed(
          format: "JSON", found: "a line that is no object", mend: "give one request a line"),
        at: place)
    }
    guard let fields = object as? [String: Any] else {
      throw Faults(
        .malformed(format: "JSON", found: "no object", mend: "give one request a line"), at: place)
    }
    var values: [Double] = []
    for key in keys {
      let range = key.hasSuffix("toks") ? 0...1e9 : 0...1e12
      values.append(try number(fields, key, in: range, at: place))
    }
    let stamps = values[2...]
    guard zip(stamps, stamps.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw Faults(
        .conflict(
          key: "first_token_ts", found: "\(values[3])",
          mend: "it must lie between scheduled_ts and last_token_ts"), at: place)
    }
    var queued: Double?
    if fields["queued_ts"] != nil {
      queued = try number(fields, "queued_ts", in: 0...values[2], at: place)
    }
    return ServedRun.Request(
      input: values[0], output: values[1], queued: queued, scheduled: values[2],
      firstToken: values[3], lastToken: values[4], line: place.line)
  }

  private static func number(
    _ fields: [String: Any], _ key: String, in range: ClosedRange<Double>, at place: SourcePosition
  ) throws(Faults) -> Double {
    let expected = "a number between \(range.lowerBound) and \(range.upperBound)"
    guard let field = fields[key] else {
      throw Faults(.missingKey(key, expected: expected), at: place)
    }
    guard let value = (field as? NSNumber)?.doubleValue else {
      throw Faults(
        .wrongKind(key: key, found: "\(field)", expected: expected), at: place)
    }
    guard range.contains(value) else {
      throw Faults(.outOfRange(key: key, found: "\(value)", allowed: expected), at: place)
    }
    return value
  }
}

/// What is known of the run behind a log.
private struct RunFacts {
  var runtime = "vllm"
  var device: String?
  var model: String?
  var tensor = 1
  var data = 1
  var pipeline = 1
  var format = WeightFormat.named("bf16")
  var limits: ServedRun.Limits?
  var version: String?

  init(log file: String) throws(Faults) {
    let url = URL(fileURLWithPath: file)
    var name = url.lastPathComponent
    for suffix in [".gz", ".jsonl", "_requests"] where name.hasSuffix(suffix) {
      name = String(name.dropLast(suffix.count))
    }
    let words = name.split(separator: "_").map(String.init)
    if words.count >= 3 {
      runtime = words[0]
      device = words[1]
      model = words[2]
      if words.count > 3 {
        tensor = Self.count(after: "tp", in: words[3])
        data = Self.count(after: "dp", in: words[3])
      }
    }
    let meta = url.deletingLastPathComponent().appendingPathComponent("\(name)_meta.json")
    guard FileManager.default.fileExists(atPath: meta.path) else { return }
    let document = try Document(contentsOf: meta.relativePath)
    try read(document.map())
    try document.faults.throwIfAny()
  }

  /// The meta file is the server's own and has more keys than these.
  private mutating func read(_ map: MapReader) {
    if let engine = map.value("engine_kwargs")?.map() {
      model = engine.value("model")?.text() ?? model
      tensor = engine.value("tensor_parallel_size")?.integer(in: 1...4096) ?? 1
      data = engine.value("data_parallel_size")?.integer(in: 1...4096) ?? 1
      pipeline = engine.value("pipeline_parallel_size")?.integer(in: 1...4096) ?? 1
      let dtype = engine.value("dtype")?.text() ?? "bfloat16"
      let isHalf = ["bfloat16", "float16", "half", "auto"].contains(dtype)
      format = isHalf ? .named("bf16") : .named(dtype)
      let count = 1...1_000_000_000
      if let tokens = engine.value("max_num_batched_tokens")?.integer(in: count),
        let sequences = engine.value("max_num_seqs")?.integer(in: count)
      {
        let cache = map.value("kv_cache")?.map()
        let kv = cache?.value("num_kv_tokens")?.integer(in: count)
        limits = .init(stepTokens: tokens, sequences: sequences, kvTokens: kv)
        limits?.prefixCaching = cache?.value("enable_prefix_caching")?.boolean() ?? true
      }
    }
    let numbers = map.value("\(runtime)_version")?.text()?.split(separator: ".") ?? []
    if numbers.count >= 2 { version = "\(numbers[0]).\(numbers[1])" }
    if model?.uppercased().hasSuffix("FP8") == true { format = .named("fp8") }
    if let hardware = map.value("hardware")?.map() {
      device = hardware.value("device_name")?.text() ?? device
    }
  }

  /// The number after a word: 2 for `dp` in `dp2ep`; 1 where the word is not there.
  private static func count(after word: String, in text: String) -> Int {
    guard let range = text.range(of: word) else { return 1 }
    let digits = text[range.upperBound...].prefix { $0.isNumber }
    return Int(digits).map { min(max($0, 1), 4096) } ?? 1
  }
}
