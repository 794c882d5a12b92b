import Testing
import Workloads

@testable import Serving

/// What a request that lost its pages finds of them, and what its longest context adds to a step.
struct FreedPagesTests {
  @Test("Pages go from the front, of one request the last first; the leading ones are found again")
  func byHand() {
    var freed = FreedPages(pages: 10, requests: 3)
    freed.shrink(to: 2)
    freed.append(1, pages: 5, whole: 4)
    freed.append(2, pages: 3, whole: 3)
    #expect(freed.count == 10)
    #expect(freed.kept(1) == 4)
    // The two that nobody had go first, then the last two of request 1.
    freed.shrink(to: 6)
    #expect(freed.kept(1) == 3)
    #expect(freed.kept(2) == 3)
    freed.reclaim(2, pages: 2)
    #expect(freed.kept(2) == 0)
    #expect(freed.count == 4)
    freed.shrink(to: 1)
    #expect(freed.kept(1) == 0)
    #expect(freed.kept(0) == 0)
  }

  @Test("A preempted request computes only what others have taken of it", arguments: 1...6)
  func keepsWhatIsLeft(seed: Int) throws {
    let stream = SampleStreams.random(
      count: 200, meanGap: 1_000_000, prompt: 200, output: 300, seed: UInt64(seed))
    func play(_ keeps: Bool) throws -> PlayedStream {
      var limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 40)
      limits.keepsPages = keeps
      var player = StreamPlayer(stream, LinearClock(), limits)
      return try player.play()
    }
    let (kept, lost) = (try play(true), try play(false))
    #expect(kept.requests.preemptions.contains { $0 > 0 })
    #expect(kept.mostPages <= 40)
    #expect(kept.requests.ends.allSatisfy { $0 > 0 })
    #expect(kept.busy < lost.busy)
  }

  @Test("With a longer step for the longest context runs equal steps", arguments: 1...6)
  func unevenRunsEqualSteps(seed: Int) throws {
    let stream = SampleStreams.random(
      count: 150, meanGap: 40_000_000, prompt: 200, output: 300, seed: UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 60)
    let a = try BothWays.play(limits) { StreamPlayer(stream, UnevenClock(), $0) }
    var even = StreamPlayer(stream, LinearClock(), limits)
    #expect(a.busy > (try even.play()).busy)
  }

  @Test("Two sequences: each step takes the spread of the two longer")
  func spreadByHand() throws {
    var stream = RequestStream()
    stream.arrivals = [0, 0].map { .init(picoseconds: $0) }
    stream.prompts = [100, 40]
    stream.outputs = [3, 3]
    func ends(_ clock: some StepClock) throws -> Int64 {
      var player = StreamPlayer(stream, clock, ServingLimits(tokens: 140, sequences: 2))
      return try player.play().requests.ends[0]
    }
    // Contexts of 101 and 41: twice the longest less both is 60, in two steps.
    #expect(try ends(UnevenClock()) - ends(LinearClock()) == 2 * 60 * 7)
  }

  @Test("In lockstep every step takes as long as that of the busiest replica")
  func lockstep() throws {
    var stream = RequestStream()
    stream.arrivals = [0, 1].map { .init(picoseconds: $0) }
    stream.prompts = [50, 10]
    stream.outputs = [1, 4]
    var clock = LinearClock()
    (clock.fixed, clock.perSequence, clock.perToken, clock.width) = (1000, 0, 0, 1 << 30)
    var player = StreamPlayer(
      stream, clock, ServingLimits(tokens: 100, sequences: 2), replicas: 2, inLockstep: true)
    let played = try player.play()
    // The second arrives while the first's prompt is computed, on another replica, and waits for it.
    let first: Int64 = 1000 + 50 * 2000
    #expect(played.requests.starts == [0, first])
    #expect(played.requests.firstTokens == [first, first + 1000 + 10 * 2000])
    #expect(played.little.counted == played.little.spent)
  }
}

/// A clock to which the longest context adds its spread, in whole picoseconds.
struct UnevenClock: StepClock {
  var linear = LinearClock()
  var amountCount: Int { 1 }
  var isUneven: Bool { true }

  func uneven(_ spread: Int64, batch: Int, isMixed: Bool) -> Int64 { 7 * spread }

  mutating func line(batch: Int, context: Int64) -> DecodeLine {
    linear.line(batch: batch, context: context)
  }

  func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {
    linear.add(line, steps: steps, above: above, to: &sums)
  }

  mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) -> Int64 {
    linear.mixed(decoding: decoding, context: context, chunks: chunks, sums: &sums)
  }
}
