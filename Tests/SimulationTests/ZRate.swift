import EventKernel
import Simulation
import TestSupport
import Testing
@Suite struct ZRate {
  @Test func rate() throws {
    for m in [RandomScenario.Method.experts, .keyValue] {
      var bad: [String: Int] = [:], n = 0, worst = 1.0
      for seed in 0..<1200 {
        var random = SplitMix(state: UInt64(seed) * 77 + 5)
        var s = try RandomScenario.draw(&random, m)
        if m == .experts { s.scenario.method.experts.transfer = .gatherKernel; s.scenario.method.experts.tier = "ddr" } else { s.scenario.method.cache.transfer = .gatherKernel; s.scenario.method.cache.tier = "ddr" }
        let base = try EngineTimes(s)
        for name in ["hbm", "ddr", "pcie"] {
          var c = s
          c.profile.multiplyBandwidth(of: name, by: 1.5)
          let t = try EngineTimes(c)
          n += 1
          if t.playback > base.playback + base.rounding { bad[name, default: 0] += 1; worst = max(worst, t.playback / base.playback) }
        }
      }
      print("RATE", m, n, bad, worst)
    }
  }
}
