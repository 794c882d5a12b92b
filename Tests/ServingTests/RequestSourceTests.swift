import Diagnostics
import Foundation
import Quantities
import ScenarioFiles
import Scenarios
import TestSupport
import Testing
import Workloads

/// Where scenarios say that requests come from, and the streams that follow.
struct RequestSourceTests {
  static let azure = "requests/azure2023_conv.csv.gz"

  static func text(_ workload: String, seed: Int = 1) -> String {
    """
    schema: 1
    hardware: nvidia-a100-sxm-80gb
    runtime: vllm
    model: meta-llama/Llama-2-7b
    precision: {weights: fp16, kv: fp16}
    seed: \(seed)
    workload: {\(workload)}

    """
  }

  static func reading(_ workload: String, seed: Int = 1) throws -> ScenarioReading {
    let file = try TemporaryText(text(workload, seed: seed), name: "sample.yaml")
    return try ScenarioFile(contentsOf: file.path).scenario(variant: "default")
  }

  static func source(_ workload: String) throws -> RequestSource? {
    try reading(workload).scenario.workload.requests?.source
  }

  static func stream(
    _ workload: String, seed: Int = 1, beside name: String = "log", holding log: String? = nil
  ) throws -> RequestStream {
    let file = try log.map { try TemporaryText($0, name: name) }
    let workload = file.map { workload.replacing("LOG", with: $0.path) } ?? workload
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    var store = RequestStore()
    let resolved = try resolver.resolve(try reading(workload, seed: seed))
    let stream = try store.stream(of: resolved)
    // A store that has served gives the same again.
    #expect(try store.stream(of: resolved) == stream)
    return stream
  }

  static func faults(_ workload: String, holding log: String? = nil) -> [String] {
    do {
      _ = try stream(workload, holding: log)
      return []
    } catch let error as Faults {
      return error.faults.map { Diagnostic.line($0) }
    } catch {
      return ["\(error)"]
    }
  }

  @Test("Every form of a source is read as it is written")
  func forms() throws {
    var log = RequestSource(.log(Self.azure))
    #expect(try Self.source("requests: \(Self.azure)") == log)
    (log.rate, log.first) = (PerSecond(2), 50)
    #expect(try Self.source("requests: {log: \(Self.azure)}, rate: 2/s, first: 50") == log)
    log.arrivals = .gamma(variation: 3)
    #expect(
      try Self.source(
        "requests: \(Self.azure), rate: 2/s, first: 50, arrivals: {form: gamma, variation: 3}")
        == log)
    log.arrivals = nil
    #expect(
      try Self.source("requests: \(Self.azure), rate: 2/s, first: 50, arrivals: as-logged") == log)
    var drawn = RequestSource(
      .drawn(
        DrawnRequests(
          count: 9, prompts: .uniform(10...20),
          outputs: .logNormal(median: 50.5, spread: 0.5, within: 1...400))))
    (drawn.rate, drawn.arrivals) = (PerSecond(1), .constant)
    #expect(
      try Self.source(
        "requests: {count: 9, prompt: {from: 10, to: 20}, "
          + "output: {median: 50.5, spread: 0.5, to: 400}}, rate: 1/s, arrivals: constant")
        == drawn)
    var sessions = RequestSource(
      .sessions(
        DrawnSessions(
          count: 7, turns: .fixed(3), prompts: .fixed(30), outputs: .fixed(40),
          think: .exponential(mean: Seconds(5)), shared: 100)))
    sessions.rate = PerSecond(1)
    #expect(
      try Self.source(
        "requests: {sessions: 7, turns: 3, prompt: 30, output: 40, think: {mean: 5 s}, "
          + "shared: 100}, rate: 1/s") == sessions)
    let clients = RequestSource(
      .clients(
        ClientFiles(
          rates: "a", lengths: "b", from: Seconds(600), to: Seconds(1200), scale: 0.5,
          unknown: .pooled)))
    #expect(
      try Self.source(
        "requests: {rates: a, lengths: b, from: 600 s, to: 1200 s, scale: 0.5, "
          + "unknown-lengths: pooled}") == clients)
    (drawn.start, drawn.first) = (Seconds(60), 4)
    var merged = RequestSource(.merged([RequestSource(.log("x")), drawn]))
    merged.rate = PerSecond(9)
    #expect(
      try Self.source(
        "rate: 9/s, requests: [x, {count: 9, prompt: {from: 10, to: 20}, start: 60 s, first: 4, "
          + "output: {median: 50.5, spread: 0.5, to: 400}, rate: 1/s, arrivals: constant}]")
        == merged)
  }

  @Test(
    "What is wrong with a source is said at its line",
    arguments: [
      ("requests: ", "workload.requests is 'nothing'; expected a log of requests"),
      ("requests: []", "workload.requests is 'an empty list'"),
      ("requests: {}", "missing key 'workload.requests.log'; expected a log of requests; or count"),
      ("requests: {count: 0, prompt: 1, output: 1}, rate: 1/s", "workload.requests.count is '0'"),
      ("requests: {count: 5, output: 1}, rate: 1/s", "missing key 'workload.requests.prompt'"),
      (
        "requests: {count: 5, prompt: {from: 9, to: 3}, output: 1}, rate: 1/s",
        "workload.requests.prompt.to is '3'"
      ),
      (
        "requests: {count: 5, prompt: {from: 9}, output: 1}, rate: 1/s",
        "missing key 'workload.requests.prompt.to'"
      ),
      (
        "requests: {count: 5, prompt: {median: 9}, output: 1}, rate: 1/s",
        "missing key 'workload.requests.prompt.spread'"
      ),
      (
        "requests: {count: 5, prompt: {median: 9, spread: nan}, output: 1}, rate: 1/s",
        "workload.requests.prompt.spread is 'nan'"
      ),
      (
        "requests: {count: 5, prompt: 16777217, output: 1}, rate: 1/s",
        "workload.requests.prompt is '16777217'"
      ),
      (
        "requests: {count: 5, prompt: 1, output: 1, rate: 1/s}, rate: 1/s",
        "unknown key 'workload.requests.rate'"
      ),
      (
        "requests: {count: 5, prompt: 1, output: 1, turns: 3}, rate: 1/s",
        "unknown key 'workload.requests.turns'"
      ),
      ("requests: {count: 5, prompt: 1, output: 1}", "missing key 'workload.rate'; expected arri"),
      ("requests: {sessions: 5, prompt: 1, output: 1}, rate: 1/s", "missing key 'workload.req"),
      (
        "requests: {sessions: 5, turns: 2, prompt: 1, output: 1, think: -1 s}, rate: 1/s",
        "workload.requests.think is '-1 s'"
      ),
      (
        "requests: {sessions: 5, turns: 2, prompt: 1, output: 1, think: {median: 1 s}}, rate: 1/s",
        "missing key 'workload.requests.think.mean'"
      ),
      ("requests: {rates: a}", "missing key 'workload.requests.lengths'"),
      (
        "requests: {rates: a, lengths: b, from: 9 s, to: 9 s}",
        "workload.requests.to is '9 s'"
      ),
      ("requests: {rates: a, lengths: b}", "workload.requests is 'a'; no such file"),
      ("requests: nowhere", "workload.requests is 'nowhere'; no such file"),
      ("requests: \(azure), arrivals: gamma", "missing key 'workload.arrivals.variation'"),
      ("requests: \(azure), arrivals: gamme", "there is no form of arrivals 'gamme'; did you mean"),
      (
        "requests: \(azure), arrivals: {form: weibull, variation: 0.01}",
        "workload.arrivals.variation is '0.01'"
      ),
      (
        "requests: \(azure), arrivals: {form: poisson, variation: 1}",
        "unknown key 'workload.arrivals.variation'"
      ),
      ("requests: [{log: \(azure), start: -1 s}]", "workload.requests[0].start is '-1 s'"),
      (
        "requests: [{count: 5, prompt: 1, output: 1}]",
        "missing key 'workload.rate'; expected arrivals in a second: drawn requests have none"
      ),
    ])
  func faultLines(_ workload: String, _ expected: String) {
    let faults = Self.faults(workload)
    #expect(faults.contains { $0.contains("sample.yaml:7") && $0.contains(expected) }, "\(faults)")
  }

  @Test("A log's lengths under arrivals of another form, by seed")
  func redrawn() throws {
    let (log, drawn, other) = (
      try Self.stream("requests: \(Self.azure), rate: 2/s"),
      try Self.stream("requests: \(Self.azure), arrivals: poisson, rate: 2/s"),
      try Self.stream("requests: \(Self.azure), arrivals: poisson, rate: 2/s", seed: 2)
    )
    #expect(log.prompts == drawn.prompts && log.outputs == drawn.outputs)
    #expect(drawn.arrivals != log.arrivals && drawn.arrivals != other.arrivals)
    #expect(abs((drawn.rate?.value ?? 0) / 2 - 1) < 0.03)
    #expect(abs((drawn.burstiness ?? 0) - 1) < 0.03)
    let bursty = try Self.stream(
      "requests: \(Self.azure), arrivals: {form: weibull, variation: 2}, rate: 2/s")
    #expect(abs((bursty.burstiness ?? 0) - 2) < 0.15)
    // Without a rate the log's own is kept.
    let own = try Self.stream("requests: \(Self.azure), arrivals: constant")
    let logged = try Self.stream("requests: \(Self.azure)")
    #expect(abs((own.rate?.value ?? 0) / (logged.rate?.value ?? 1) - 1) < 1e-6)
    #expect(own.arrivals.first == .start)
  }

  @Test("Lengths without arrivals take those that are asked for")
  func lengths() throws {
    let log = "num_prefill_tokens,num_decode_tokens\n10,20\n30,40\n50,60\n"
    let stream = try Self.stream(
      "requests: LOG, rate: 4/s, arrivals: constant, first: 2", holding: log)
    #expect(stream.prompts == [10, 30] && stream.outputs == [20, 40])
    #expect(stream.arrivals.map(\.picoseconds) == [0, 250_000_000_000])
    let faults = Self.faults("requests: LOG", holding: log)
    #expect(faults.first?.contains("lengths have none of their own") == true, "\(faults)")
  }

  @Test("Half of what clients send is no stream, both halves are")
  func clients() throws {
    let rates =
      "client,window_start_s,rate_rps,iat_cv,iat_dist,iat_shape,iat_scale\n"
      + "0,0,0.5,1.0,Gamma,1,2\n0,600,1,1.0,Gamma,1,1\n"
    let lengths =
      "client,field,len_lo,len_hi,prob\n0,input_tokens,7,7,1\n0,output_tokens,3,3,1\n"
    let faults = Self.faults("requests: LOG", holding: rates)
    #expect(faults.first?.contains("it is half of what clients send") == true, "\(faults)")
    let file = try TemporaryText(lengths, name: "lengths")
    let both = "requests: {rates: LOG, lengths: \(file.path)"
    let all = try Self.stream("\(both)}", holding: rates)
    #expect(all.count == 900 && all.prompts.allSatisfy { $0 == 7 })
    #expect(try Self.stream("\(both), from: 600 s}", holding: rates).count == 600)
    #expect(try Self.stream("\(both), to: 600 s, scale: 0.5}", holding: rates).count == 150)
  }

  @Test("Several sources are one stream in order of arrival, each with its start")
  func merged() throws {
    let part = "{count: 3, prompt: {from: 1, to: 1000}, output: 5, rate: 1/s, arrivals: constant"
    let stream = try Self.stream("requests: [\(part)}, \(part), start: 0.5 s}]")
    #expect(
      stream.arrivals.map { Double($0.picoseconds) * 1e-12 } == [0, 0.5, 1, 1.5, 2, 2.5])
    // Equal texts among several are different draws.
    #expect(stream.prompts[0] != stream.prompts[1])
    let faster = try Self.stream("rate: 4/s, requests: [\(part)}, \(part), start: 0.5 s}]")
    #expect(faster.prompts == stream.prompts)
    #expect(faster.arrivals.last?.picoseconds == 1_250_000_000_000)
  }

  @Test("Sessions are drawn in pages of the server")
  func sessions() throws {
    let stream = try Self.stream(
      "page: 32, rate: 1/s, requests: {sessions: 4, turns: 2, prompt: 64, output: 10}")
    #expect(stream.blockTokens == 32 && stream.count == 8 && stream.parents.count == 4)
  }
}
