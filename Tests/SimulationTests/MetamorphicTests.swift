import EventKernel
import Hardware
import Models
import Policies
import Quantities
import Scenarios
import Simulation
import TestSupport
import Testing

/// Changes of which the direction is known, on random scenarios of every method and both engines.
@Suite struct MetamorphicTests {
  static let scenarios = 120

  /// Runs `check` on `scenarios` random ones of a method, each with its seed.
  private func forEach(
    _ method: RandomScenario.Method,
    _ check: (ResolvedScenario, inout SplitMix, UInt64) throws -> Void
  ) throws {
    for index in 0..<Self.scenarios {
      let seed = UInt64(1000 * index) + UInt64(method.rawValue.utf8.count)
      var random = SplitMix(state: seed)
      let scenario = try RandomScenario.draw(&random, method)
      try check(scenario, &random, seed)
    }
  }

  /// Neither engine finds `changed` slower than `base`, but for the rounding of every span to whole
  /// picoseconds.
  private func expectNotSlower(
    _ changed: ResolvedScenario, than base: EngineTimes, _ what: String
  ) throws {
    let times = try EngineTimes(changed)
    #expect(times.playback <= base.playback + base.rounding, "playback, \(what)")
    #expect(times.analytic <= base.analytic + base.rounding, "analytic, \(what)")
  }

  @Test(arguments: RandomScenario.Method.allCases)
  func moreBandwidthIsNeverSlower(_ method: RandomScenario.Method) throws {
    try forEach(method) { scenario, _, seed in
      let base = try EngineTimes(scenario)
      for name in scenario.profile.tiers.map(\.name) + scenario.profile.links.map(\.name) {
        var changed = scenario
        changed.profile.multiplyBandwidth(of: name, by: 1.5)
        try expectNotSlower(changed, than: base, "1.5 x \(name), \(method) seed \(seed)")
      }
    }
  }

  @Test(arguments: RandomScenario.Method.allCases)
  func fewerBytesAreNeverSlower(_ method: RandomScenario.Method) throws {
    try forEach(method) { scenario, _, seed in
      let base = try EngineTimes(scenario)
      var changed = scenario
      changed.scenario.precision.weights = .int8
      try expectNotSlower(changed, than: base, "int8 weights, \(method) seed \(seed)")
      changed = scenario
      changed.scenario.precision.kv = .int8
      try expectNotSlower(changed, than: base, "int8 KV, \(method) seed \(seed)")
      changed = scenario
      changed.model.hidden -= 128
      try expectNotSlower(changed, than: base, "narrower model, \(method) seed \(seed)")
    }
  }

  /// Belady's policy is optimal, and so monotone, for entries of one size only; all are here.
  @Test(arguments: [RandomScenario.Method.keyValue, .experts])
  func aLargerCacheIsNeverSlower(_ method: RandomScenario.Method) throws {
    try forEach(method) { scenario, random, seed in
      // A hit that the host would have computed beside the unit is work for the unit:
      // `aLargerCacheMovesWorkFromTheHost` says what holds then.
      var scenario = scenario
      scenario.scenario.method.cache.onMiss = .fetch
      scenario.scenario.method.experts.onMiss = .fetch
      scenario.scenario.method.cache.prefetch = nil
      scenario.scenario.method.experts.prefetch = nil
      var base: EngineTimes?
      for (replace, entries) in [(CacheRules.Replacement.lru, 2), (.belady, 2)].flatMap({ start in
        stride(from: start.1, through: 18, by: 4).map { (start.0, $0) }
      }) {
        let residency = Residency(
          tier: "hbm", budget: .entries(entries), replace: replace,
          evict: random.state % 2 == 0 ? .onInsert : .endOfBatch,
          scope: scenario.scenario.method.cache.resident?.scope ?? .perLayer)
        if method == .keyValue {
          scenario.scenario.method.cache.resident = residency
        } else {
          scenario.scenario.method.experts.resident = residency
        }
        if let base, entries > 2 {
          try expectNotSlower(
            scenario, than: base, "\(replace) \(entries), \(method) seed \(seed)")
        }
        base = try EngineTimes(scenario)
      }
    }
  }

  /// With `on-miss: host` the cache decides who computes: a hit runs on the unit, a miss on the host
  /// beside it. A larger cache can be slower then, where the unit is the one that is waited for. What
  /// holds is that the host has less to do, the unit more, and that the whole takes no longer than
  /// before and what the unit got in addition.
  @Test(arguments: [RandomScenario.Method.keyValue, .experts])
  func aLargerCacheMovesWorkFromTheHost(_ method: RandomScenario.Method) throws {
    try forEach(method) { drawn, _, seed in
      var scenario = drawn
      scenario.scenario.method.cache.tier = method == .keyValue ? "ddr" : nil
      scenario.scenario.method.experts.tier = method == .experts ? "ddr" : nil
      scenario.scenario.method.cache.onMiss = .host
      scenario.scenario.method.experts.onMiss = .host
      scenario.scenario.method.cache.prefetch = nil
      scenario.scenario.method.experts.prefetch = nil
      var base: HostShare?
      for entries in stride(from: 2, through: 18, by: 4) {
        let residency = Residency(
          tier: "hbm", budget: .entries(entries), replace: .lru, evict: .onInsert,
          scope: scenario.scenario.method.cache.resident?.scope ?? .perLayer)
        scenario.scenario.method.cache.resident = method == .keyValue ? residency : nil
        scenario.scenario.method.experts.resident = method == .experts ? residency : nil
        let share = try HostShare(scenario)
        if let base {
          let what = "\(entries) entries, \(method) seed \(seed)"
          #expect(share.host <= base.host, "\(what)")
          #expect(share.unit >= base.unit, "\(what)")
          #expect(share.makespan <= base.makespan + share.unit - base.unit, "\(what)")
        }
        base = share
      }
    }
  }

  @Test(arguments: RandomScenario.Method.allCases)
  func aShorterContextIsNeverSlower(_ method: RandomScenario.Method) throws {
    try forEach(method) { scenario, random, seed in
      let base = try EngineTimes(scenario)
      var changed = scenario
      changed.scenario.workload.prompt -= RandomScenario.pageTokens * (1 + random.below(10))
      try expectNotSlower(changed, than: base, "shorter context, \(method) seed \(seed)")
    }
  }

  /// Contexts beyond 4,096 tokens are priced in steps of several tokens; a page less is never more
  /// of them.
  @Test(arguments: [4096, 8192, 8193, 12288, 16384, 65536, 131_072, 135_168])
  func aPageLessIsNeverSlowerInLongContexts(_ tokens: Int) throws {
    var random = SplitMix(state: 7)
    var scenario = try RandomScenario.draw(&random, .dense)
    for prompt in stride(from: tokens - 40, through: tokens + 40, by: 3) {
      scenario.scenario.workload.prompt = prompt
      let base = try EngineTimes(scenario)
      scenario.scenario.workload.prompt = prompt - RandomScenario.pageTokens
      try expectNotSlower(scenario, than: base, "a page less than \(prompt)")
    }
  }

  @Test(arguments: RandomScenario.Method.allCases)
  func infiniteBandwidthLeavesComputeAndFixedTime(_ method: RandomScenario.Method) throws {
    try forEach(method) { scenario, _, seed in
      var changed = scenario
      for name in scenario.profile.tiers.map(\.name) + scenario.profile.links.map(\.name) {
        changed.profile.multiplyBandwidth(of: name, by: 1e30)
      }
      let simulator = try Simulator(changed)
      let chain = LongestChain(simulator.priced)
      let played = Playback(simulator.priced.schedule()).run()
      let what = "\(method) seed \(seed)"
      #expect(chain.misfits.isEmpty, "\(what): \(chain.misfits.prefix(3))")
      if played.slowed.allSatisfy({ $0 == 0 }) {
        #expect(played.makespan == chain.end, "\(what)")
      } else {
        // Only cores can be short now; the wait for them is no longer than all that runs.
        #expect(played.makespan >= chain.end, "\(what)")
        #expect(played.makespan <= chain.sum, "\(what)")
      }
    }
  }
}

/// What both engines say of one scenario, in picoseconds.
struct EngineTimes {
  var playback: Double
  var analytic: Double
  /// What rounding can add up to: a picosecond an operation, and floating-point sums.
  var rounding: Double

  init(_ scenario: ResolvedScenario) throws {
    let simulator = try Simulator(scenario)
    playback = Double(Playback(simulator.priced.schedule()).run().makespan)
    analytic = AnalyticEngine(simulator.priced).run().total.value * 1e12
    let program = simulator.priced.program
    rounding = 2 * Double(program.operationsPerStep * program.steps) + 1e-9 * playback
  }
}

/// What the host and the runtime's unit did in one playback, in picoseconds.
struct HostShare {
  var host: Int64 = 0
  var unit: Int64 = 0
  var makespan: Int64

  init(_ scenario: ResolvedScenario) throws {
    let simulator = try Simulator(scenario)
    let played = Playback(simulator.priced.schedule()).run()
    makespan = played.makespan
    for (stream, busy) in zip(simulator.priced.program.streams, played.queueBusy) {
      if stream.name == "cpu" { host += busy } else { unit += busy }
    }
  }
}
