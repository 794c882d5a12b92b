import EventKernel
import Policies
import ScenarioFiles
import Scenarios
import Simulation
import TestSupport
import Testing

/// One walk over a trace against a walk for every budget: the same counts, the same report.
struct WalkMemoTests {
  @Test(arguments: [
    ("kv", CacheRules.Eviction.onInsert), ("kv", .endOfBatch), ("moe", .onInsert),
    ("moe", .endOfBatch),
  ])
  func budgetsAreReadOffOneWalk(example: String, eviction: CacheRules.Eviction) throws {
    let file = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/examples/trace-driven/\(example).yaml"))
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    var compared = 0
    for variant in file.variants {
      let resolved = try resolver.resolve(try file.scenario(variant: variant))
      for scope in Residency.Scope.allCases {
        let walks = WalkMemo()
        for budget in [1, 2, 3, 7, 16, 40, 64, 500] {
          var changed = resolved
          changed.scenario.method.cache.resident?.set(.entries(budget), scope, eviction)
          changed.scenario.method.experts.resident?.set(.entries(budget), scope, eviction)
          let alone = try Simulator(changed).run(.analytic).report
          let shared = try Simulator(changed, walks: walks).run(.analytic).report
          #expect(alone.metrics.map(\.name) == shared.metrics.map(\.name))
          #expect(
            alone.metrics.map(\.value.bitPattern) == shared.metrics.map(\.value.bitPattern),
            "\(variant), \(scope.rawValue), \(budget) entries")
          let rate = example == "kv" ? "pages.hit_rate" : "experts.hit_rate"
          compared += alone.metric(rate) == nil ? 0 : 1
        }
      }
    }
    #expect(compared > 20)
  }
}

extension Residency {
  fileprivate mutating func set(_ budget: Budget, _ scope: Scope, _ eviction: CacheRules.Eviction) {
    self.budget = budget
    self.scope = scope
    evict = eviction
    replace = .lru
  }
}
