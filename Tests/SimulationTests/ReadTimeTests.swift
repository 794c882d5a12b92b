import EventKernel
import Models
import Policies
import Simulation
import TestSupport
import Testing

/// Times of stated reads: the plain ones are the dense step, and less to read is never slower.
@Suite struct ReadTimeTests {
  @Test func readingAllIsTheDenseStep() throws {
    var sample = ReadSample()
    sample.steps = 16
    sample.batch = 3
    let dense = try sample.metrics(.both)
    sample.reads = [AttentionRead()]
    let stated = try sample.metrics(.both)
    #expect(dense.keys == stated.keys)
    for (name, value) in dense {
      let other = try #require(stated[name])
      #expect(abs(other - value) <= 1e-9 * abs(value) + 1e-15, "\(name)")
    }
  }

  /// A step of four also scores, and the engines agree on the mean.
  @Test func scoresAtSomeSteps() throws {
    var sample = ReadSample()
    sample.steps = 8
    sample.reads = [
      AttentionRead(tokens: TokenAmount(keep: 256), pick: .page, page: 64),
      AttentionRead(
        name: "score", part: .keys, stored: TokenAmount(every: 16), vectors: 2, everySteps: 4),
    ]
    let run = try Simulator(sample.resolved).run(.both)
    let each = try #require(run.report.playback?.each)
    let slow = each.indices.filter { each[$0] > (each.min() ?? 0) * 101 / 100 }
    #expect(slow == [0, 4])
    let analytic = try #require(run.report.analytic).total.value
    let played = try #require(run.report.playback).total.value
    #expect(abs(analytic / played - 1) < 1e-3)
  }

  private func randomSample(_ random: inout SplitMix) -> ReadSample {
    var sample = ReadSample()
    sample.attention = GroupedAttention(queryHeads: 8, kvHeads: 4, keyDimension: 64)
    sample.context = 200 + random.below(6000)
    sample.steps = 1 + random.below(12)
    sample.batch = 1 + random.below(8)
    for name in ["attend", "other", "third"].prefix(1 + random.below(3)) {
      sample.reads.append(read(&random, name))
    }
    if random.oneIn(2) {
      sample.cache.form = CacheForm(
        keys: .init(bits: 4, keep: random.uniform(0.3, 1), group: 32, metadata: 4),
        values: .init(bits: 4), recent: random.below(64))
    }
    if random.oneIn(3) { sample.cache.keep = .asRead }
    if random.oneIn(3) {
      sample.cache.tier = "ddr"
      sample.cache.hitShare = random.oneIn(2) ? 0 : random.uniform(0, 1)
      sample.cache.onMiss = random.oneIn(3) ? .host : .fetch
      sample.cache.transfer = random.pick(Transfer.allCases)
    }
    return sample
  }

  private func read(_ random: inout SplitMix, _ name: String) -> AttentionRead {
    AttentionRead(
      name: name, heads: random.pick([1, 0.5, 0.25]),
      tokens: TokenAmount(
        recent: random.below(400), keep: random.below(400), share: random.uniform(0, 0.5)),
      pick: random.pick(AttentionRead.Pick.allCases), page: random.pick([16, 64]),
      part: random.pick(AttentionRead.Part.allCases),
      stored: random.oneIn(3) ? TokenAmount(every: 1 + random.below(20)) : nil,
      everySteps: random.pick([1, 1, 2, 4]), isShared: !random.oneIn(3))
  }

  /// Every change that reads less leaves both engines as fast or faster.
  @Test func readingLessIsNeverSlower() throws {
    for seed in 0..<120 {
      var random = SplitMix(state: UInt64(seed))
      let sample = randomSample(&random)
      let base = try EngineTimes(sample.resolved)
      var fewer = sample
      for place in fewer.reads.indices {
        fewer.reads[place].tokens.keep /= 2
        fewer.reads[place].tokens.share /= 2
      }
      var shared = sample
      for place in shared.reads.indices { shared.reads[place].isShared = true }
      var narrower = sample
      narrower.cache.form = CacheForm(keys: .init(bits: 2), values: .init(bits: 2))
      for (what, changed) in [("fewer", fewer), ("shared", shared), ("narrower", narrower)] {
        let times = try EngineTimes(changed.resolved)
        #expect(times.playback <= base.playback + base.rounding, "\(what), seed \(seed)")
        #expect(times.analytic <= base.analytic + base.rounding, "\(what), seed \(seed)")
      }
    }
  }

  /// Where nothing is contended the closed form is playback's mean. With work of some steps on the
  /// host beside the unit's it is not: the mean of the longer of two is more than the longer mean.
  @Test func enginesAgree() throws {
    var agreed = 0
    for seed in 0..<120 {
      var random = SplitMix(state: UInt64(1000 + seed))
      var sample = randomSample(&random)
      sample.cache.onMiss = .fetch
      let simulator = try Simulator(sample.resolved)
      let run = try simulator.run(.both)
      guard let played = run.played, played.slowed.allSatisfy({ $0 == 0 }) else { continue }
      agreed += 1
      let total = try #require(run.report.playback).total.value
      let analytic = try #require(run.report.analytic).total.value
      #expect(abs(analytic / total - 1) < 1e-3, "seed \(seed)")
    }
    #expect(agreed > 60)
  }
}
