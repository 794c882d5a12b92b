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
    "memory.vram.peak", "memory.dram.peak",
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
