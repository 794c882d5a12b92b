import Diagnostics
import Exploration
import Hardware
import ResultStores
import ResultTables
import ScenarioFiles
import Scenarios
import Simulation

/// What a sweep is: the scenario, the points, and what is asked of each.
struct SweepDefinition: Sendable {
  let scenario: String
  let settings: [String]
  let variant: String
  let design: Design
  let metrics: [String]
  let engine: Report.Engine
  private let resolver: ScenarioResolver
  private let traces: TraceStore
  private let requests: RequestStore
  /// Whether points are streams of requests, which are played whatever the engine.
  let isOfStreams: Bool
  private let scenarioText: String

  /// Reads the scenario and every value of every key.
  /// - Parameters:
  ///   - variant: nil for the file's first.
  ///   - metrics: empty for those that matter to the scenario.
  ///   - needed: metrics that stand beside them in any case.
  /// - Throws: `Faults` for a scenario, key, value or metric that does not hold.
  init(
    scenario: String, settings: [String], variant: String?, design: Design, metrics: [String],
    needed: [String] = [], engine: Report.Engine
  ) throws(Faults) {
    self.scenario = scenario
    self.settings = settings
    self.design = design
    self.engine = engine
    let file = try ScenarioFile(contentsOf: scenario, settings: settings)
    self.variant = variant ?? file.variants.first ?? "default"
    resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"),
      models: try Assets.folder("scenarios/models"))
    let scenarios = try SweptScenarios(
      file, variant: self.variant, axes: design.axes, resolver: resolver)
    try scenarios.checkValues()
    let first = try scenarios.resolved([Int](repeating: 0, count: design.axes.count))
    isOfStreams = first.scenario.workload.requests != nil
    var requests = RequestStore()
    // Logs are read once, and copied to the threads.
    if isOfStreams { _ = try requests.stream(of: first) }
    self.requests = requests
    var names =
      try metrics.isEmpty
      ? (isOfStreams ? Self.streamMetrics(first) : Self.usualMetrics(scenarios, design)) : metrics
    let curve =
      isOfStreams && LatencyCurves(design.axes) != nil ? LatencyCurve.metrics : []
    for name in needed + curve where !names.contains(name) { names.append(name) }
    self.metrics = names
    traces = scenarios.sharedTraces
    scenarioText = Digest.text(of: try FileBytes.read(scenario, limit: 64 << 20))
  }

  /// The scenarios of one thread.
  /// - Throws: `Faults` when the file has changed for the worse since it was first read.
  func scenarios() throws(Faults) -> SweptScenarios {
    try SweptScenarios(
      try ScenarioFile(contentsOf: scenario, settings: settings), variant: variant,
      axes: design.axes, resolver: resolver, traces: traces)
  }

  func evaluator() throws(Faults) -> PointEvaluator {
    var requests = requests
    return PointEvaluator(
      try scenarios(), metrics: metrics, engine: engine,
      streams: { resolved throws(Faults) in try requests.stream(of: resolved) })
  }

  /// Chunks of many points where these are fast, of few where each takes its time.
  var chunks: Chunks {
    Chunks(points: design.count, most: isOfStreams ? 1 : engine == .analytic ? 8192 : 8)
  }

  var columns: ResultColumns {
    ResultColumns(keys: design.axes.map(\.key), metrics: metrics.map(MetricColumn.column))
  }

  /// Everything that decides a row, for the manifest.
  var text: [String: String] {
    [
      "lacuna": LacunaCommand.configuration.version, "scenario": scenarioText,
      "set": settings.joined(separator: " "), "variant": variant,
      "axes": Digest.text(
        of: Array(
          design.axes.map { "\($0.key)=\($0.values.joined(separator: ","))" }
            .joined(separator: "\n").utf8)),
      "sample": "\(design.sampling)", "seed": "\(design.seed)",
      "metrics": metrics.joined(separator: " "), "engine": engine.rawValue,
    ]
  }

  /// What a stream meets and what its server takes.
  private static func streamMetrics(_ first: ResolvedScenario) -> [String] {
    let level = first.scenario.workload.requests?.serviceLevel == nil ? [] : ["kept", "goodput"]
    return [
      "requests.offered", "requests.rate", "requests.growth", "ttft", "ttft.p99", "tpot",
      "tpot.p99",
      "request.time",
    ] + level + [
      "throughput", "batch", "kv.occupancy", "energy_per_token", "cost_per_million_tokens",
    ]
  }

  /// Times, energy, cost and, of every machine, what its processor's memory and the memories of the
  /// method hold.
  private static func usualMetrics(
    _ scenarios: SweptScenarios, _ design: Design
  ) throws(Faults) -> [String] {
    var metrics = [
      "ttft", "tpot", "throughput", "energy_per_token", "cost_per_million_tokens",
    ]
    var point = [Int](repeating: 0, count: design.axes.count)
    let first = try scenarios.resolved(point)
    let method = first.scenario.method
    if method.cache.trace != nil { metrics.append("coverage.attention") }
    if method.experts.trace != nil { metrics.append("coverage.experts") }
    var tiers: [String] = []
    let hardware = design.axes.firstIndex { ["hardware", "hardware.profile"].contains($0.key) }
    for value in 0..<(hardware.map { design.axes[$0].values.count } ?? 1) {
      if let hardware { point[hardware] = value }
      let resolved = try scenarios.resolved(point)
      let near = resolved.profile.computeUnit(resolved.runtime.unit)?.memory
      let named = [
        near, method.cache.tier, method.cache.resident?.tier, method.experts.tier,
        method.experts.resident?.tier,
      ]
      for tier in named.compactMap({ $0 }) where !tiers.contains(tier) { tiers.append(tier) }
    }
    return metrics + tiers.map { "memory.\($0).peak" }
  }
}

/// A short text that differs where bytes differ: the 64-bit FNV-1a hash.
enum Digest {
  static func text(of bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
