import EventKernel
import Policies
import Quantities
import ScenarioFiles
import Simulation
import TestSupport
import Testing

/// The walks of the traces: what they count adds up, and recorded routes give recorded hit rates.
@Suite struct ResolveTests {
  /// The phone runs of BigMoeOnEdge kept 4,000 MiB of experts under one LRU, trimmed after each
  /// layer; the hit rates are theirs, from the first prefill token on.
  @Test(arguments: [("qwen3-phone", 0.749), ("gemma4-phone", 0.768)])
  func recordedRoutesGiveTheMeasuredHitRate(_ name: String, _ measured: Double) throws {
    let trace = try #require(
      TraceReader.read(Checkout.path("scenarios/traces/\(name).ltrace")).experts)
    let bytes = try #require(trace.expertBytes).map(Double.init)
    let policy = ExpertsPolicy(
      tier: "flash",
      resident: Residency(
        tier: "dram", budget: .bytes(Bytes(4000 * 1_048_576)), replace: .lru, evict: .endOfBatch,
        scope: .global))
    let walk = ExpertResolve(
      trace, policy: policy, expertBytes: bytes, steps: 0..<trace.steps, topK: trace.topK)
    let rate = try #require(walk.statistics.hitRateFromStart)
    print("phone routes \(name): hit rate \(Decimal.fixed(100 * rate, decimals: 2))%")
    #expect(abs(rate - measured) <= 0.003, "\(rate)")
    #expect(walk.statistics.hitRate == rate)
  }

  @Test(arguments: [RandomScenario.Method.keyValue, .experts])
  func countsAddUp(_ method: RandomScenario.Method) throws {
    var guessedRight = 0
    for seed in 0..<200 {
      var random = SplitMix(state: UInt64(seed))
      let scenario = try RandomScenario.draw(&random, method)
      let sizes = try Preparation(scenario).sizes
      let pages = method == .keyValue
      let statistics = try #require(pages ? sizes.pages : sizes.experts)
      func total(_ name: String) throws -> Int {
        Int(try #require(sizes.columns[(pages ? "pages." : "experts.") + name]).total)
      }
      let touched = try total(pages ? "selected" : "active")
      let missed = try total("missed")
      #expect(touched == statistics.touches)
      #expect(missed == statistics.misses)
      #expect(try total(pages ? "resident" : "hit") == touched - missed)
      #expect((0...touched).contains(missed))
      let hits = try #require(statistics.hitRate) * Double(touched)
      #expect(abs(hits - Double(touched - missed)) < 1e-6)
      #expect(statistics.touchesFromStart >= statistics.touches)
      // Of what was guessed some was there already; of both, some was used.
      #expect(try total("prefetched") == statistics.prefetched)
      #expect(statistics.prefetched <= statistics.guessed)
      #expect(statistics.prefetchedUsed <= statistics.prefetched)
      #expect(statistics.guessedUsed <= statistics.guessed)
      #expect(statistics.prefetchedUsed <= statistics.guessedUsed)
      let method = scenario.scenario.method
      let prefetch = pages ? method.cache.prefetch : method.experts.prefetch
      if prefetch == nil { #expect(statistics.guessed == 0 && statistics.prefetched == 0) }
      let residency = pages ? method.cache.resident : method.experts.resident
      if residency == nil {
        // Without a cache every touch that no prefetch foresaw is fetched.
        #expect(missed == touched - statistics.prefetchedUsed, "seed \(seed)")
      }
      guessedRight += statistics.prefetchedUsed
    }
    #expect(guessedRight > 0)
  }

  /// By hand: one layer in two, three steps of two experts of four, no cache.
  @Test func prefetchWithoutACacheServesItsStep() throws {
    var random = SplitMix(state: 3)
    let trace = try #require(
      TraceSize(steps: 12, layers: 2, prompt: 64).experts(&random, count: 4, topK: 2))
    let policy = ExpertsPolicy(
      tier: "ddr", prefetch: Prefetch(by: .previousStep, layers: 1))
    let walk = ExpertResolve(
      trace, policy: policy, expertBytes: [1, 1], steps: 0..<12, topK: 2)
    var missed = 0
    for step in 0..<12 {
      for layer in 0..<2 {
        let now = Set(trace.experts(token: step, layer: layer))
        let before = step > 0 ? Set(trace.experts(token: step - 1, layer: layer)) : []
        missed += now.subtracting(before).count
      }
    }
    #expect(walk.statistics.misses == missed)
    #expect(walk.statistics.prefetched == walk.statistics.guessed)
  }

  /// Bytes handled in memory are those of every expert that comes in, guessed or missed.
  @Test(arguments: [ExpertsPolicy.OnMiss.fetch, .host])
  func guessedExpertsAreMovedToo(_ onMiss: ExpertsPolicy.OnMiss) throws {
    var moved = 0
    for seed in 0..<40 {
      var random = SplitMix(state: UInt64(seed))
      var resolved = try RandomScenario.draw(&random, .experts)
      // The host computes on experts in its memory only.
      let tier = resolved.scenario.method.experts.tier.flatMap { resolved.profile.tier($0) }
      if onMiss == .host && tier?.kind == .storage { continue }
      resolved.scenario.method.experts.onMiss = onMiss
      resolved.scenario.method.experts.movedPerByte = 1
      let preparation = try Preparation(resolved)
      let operations = preparation.program.blocks.flatMap(\.operations)
      let move = operations.first { $0.name == "experts.move" }
      let hasGuesses = resolved.scenario.method.experts.prefetch != nil
      #expect((move != nil) == (hasGuesses || onMiss == .fetch), "seed \(seed)")
      guard let column = move?.column else { continue }
      let sizes = preparation.sizes
      let missed = Int(try #require(sizes.columns["experts.missed"]).total)
      let guessed = Int(try #require(sizes.columns["experts.prefetched"]).total)
      let wanted = onMiss == .fetch ? missed + guessed : guessed
      #expect(Int(preparation.program.columns[column].total) == wanted, "seed \(seed)")
      moved += guessed
    }
    #expect(moved > 0)
  }
}
