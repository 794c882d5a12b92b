import Diagnostics
import Foundation
import NumericalMethods
import Policies
import ScenarioFiles
import Scenarios
import Simulation
import TestSupport
import Testing
import Workloads

/// The closed form against the simulator, whose report it must give to the last bit.
struct ClosedFormTests {
  static let metrics = [
    "ttft", "tpot", "throughput", "request.time", "request.throughput", "batch",
    "compute.time_per_token", "stall.time_per_token", "move.time_per_token", "kv.bytes",
    "kv.bytes_read_per_step", "energy_per_token", "cost_per_million_tokens",
    "coverage.attention", "attention.time_per_token", "model.time_per_token",
    "experts.time_per_token", "cache.time_per_token", "gpu.time_per_token",
    "hbm.bytes_per_token", "vram.bytes_per_token", "l2.bytes_per_token", "memory.hbm.peak",
    "memory.vram.peak", "memory.dram.peak", "step.time", "attention.bytes_per_token",
    "model.bytes_per_token",
  ]

  static let files = ["quest", "lserve", "moa", "mustafar", "nosa", "twilight", "long-gen"]

  @Test(arguments: files)
  func everyShippedVariantGivesTheSimulatorsFigures(file: String) throws {
    // Launches one by one are a second stream, which the closed form leaves to the simulator.
    let scenarios = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/systems/\(file).yaml"), settings: ["runtime=vllm"])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    var compared = 0
    for (place, variant) in scenarios.variants.enumerated() {
      let resolved = try resolver.resolve(try scenarios.scenario(variant: variant))
      var draws = KeyedStream(seed: 7, purpose: "closed-form", entity: UInt64(place))
      compared += try compare(resolved, &draws)
    }
    #expect(compared >= 4, "\(file) has \(compared) cases of the closed form")
  }

  /// Work that was made ready once, at prompts in any order, and other work in between that shares its
  /// parts: as if each were the first.
  @Test(arguments: ["quest", "moa"])
  func whatIsKeptChangesNothing(file: String) throws {
    let scenarios = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/systems/\(file).yaml"), settings: ["runtime=vllm"])
    let resolved = try ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models")
    ).resolve(try scenarios.scenario(variant: try #require(scenarios.variants.last)))
    let closed = try #require(ClosedForm(resolved, metrics: Self.metrics))
    var draws = KeyedStream(seed: 3, purpose: "kept", entity: 1)
    let shape = RequestShape(prompt: 700, generate: 9, batch: 2)
    let method = resolved.scenario.method
    let works = (0..<4).map { more in
      var attention = method.attention
      for place in attention.reads.indices { attention.reads[place].tokens.keep += 160 * more }
      return (attention, closed.ready(shape, attention: attention, cache: method.cache))
    }
    var found = 0
    for _ in 0..<60 {
      let (attention, work) = works[draws.below(4)]
      var other = shape
      other.prompt = 1 + 211 * draws.below(40)
      var kept = [Double](repeating: 0, count: Self.metrics.count)
      var fresh = kept
      let outcome = closed.evaluate(work, prompt: other.prompt, into: &kept)
      let first = try #require(ClosedForm(resolved, metrics: Self.metrics))
      _ = first.evaluate(other, attention: attention, cache: method.cache, into: &fresh)
      guard case .found = outcome else { continue }
      found += 1
      #expect(kept.map(\.bitPattern) == fresh.map(\.bitPattern), "at \(other)")
    }
    #expect(found > 30, "\(found) of 60 were played")
  }

  /// How many of some random works the closed form gave.
  private func compare(
    _ resolved: ResolvedScenario, _ draws: inout KeyedStream
  ) throws -> Int {
    guard let closed = ClosedForm(resolved, metrics: Self.metrics) else { return 0 }
    var values = [Double](repeating: 0, count: Self.metrics.count)
    var compared = 0
    for _ in 0..<8 {
      let work = RequestShape(
        prompt: 1 + draws.below(9000), generate: 1 + draws.below(24), batch: 1 + draws.below(40))
      var changed = resolved
      changed.scenario.workload = work
      for place in changed.scenario.method.attention.reads.indices {
        changed.scenario.method.attention.reads[place].tokens.keep += draws.below(300)
      }
      let method = changed.scenario.method
      let outcome = closed.evaluate(
        work, attention: method.attention, cache: method.cache, into: &values)
      let run = Result { try Simulator(changed).run(.analytic).report }
      switch (outcome, run) {
      case (.beyond, _): continue
      case (.refused(let faults), .failure(let error)):
        let found = try #require(error as? Faults)
        #expect(faults.faults.map(\.problem) == found.faults.map(\.problem))
      case (.refused(let faults), .success):
        Issue.record("refused what the simulator plays: \(Diagnostic.line(faults.faults[0]))")
      case (.found, .failure(let error)): Issue.record("played what is refused: \(error)")
      case (.found, .success(let report)):
        for (name, value) in zip(Self.metrics, values) {
          #expect(
            value.bitPattern == (report.metric(name) ?? .nan).bitPattern,
            "\(name) of \(resolved.scenario.variant) at \(work): \(value)")
        }
      }
      compared += 1
    }
    return compared
  }
}
