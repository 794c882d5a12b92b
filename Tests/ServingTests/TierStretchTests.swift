import Testing
import Workloads

@testable import Serving

/// Runs of decode steps advanced at once against steps one by one, with KV on its way between tiers.
struct TierStretchTests {
  struct Setup: Sendable {
    var pages: [Int]
    var up: [Int64]
    var isShared = false
    var swaps = false
    var keepsBlocks = true
    var order = RequestTraffic.Order.fifo
    /// Pages of the near tier.
    var near = 60
  }

  static let setups = [
    Setup(pages: [100], up: [400_000]),
    Setup(pages: [100], up: [9_000_000], near: 40),
    Setup(pages: [40, 200], up: [700_000, 5_000_000], isShared: true),
    Setup(pages: [100], up: [1_000_000], swaps: true, keepsBlocks: false, near: 45),
    Setup(pages: [60], up: [20_000_000], swaps: true, near: 45),
    Setup(pages: [30, 90], up: [300_000, 900_000], swaps: true, order: .priority, near: 50),
    Setup(pages: [100], up: [150_000_000_000], near: 40),
    Setup(pages: [40, 80], up: [250_000_000_000, 90_000_000_000], swaps: true, near: 45),
    Setup(pages: [100], up: [0], swaps: true, order: .shortestFirst, near: 45),
  ]

  @Test("Stepping and runs at once agree to the last picosecond", arguments: setups, 1...5)
  func runsEqualSteps(_ setup: Setup, seed: Int) throws {
    var stream = SampleStreams.sharing(count: 200, seed: UInt64(seed))
    stream.priorities = stream.prompts.map { $0 % 3 }
    let limits = ServingLimits(
      tokens: 64, sequences: 12, page: 16, pages: setup.near, order: setup.order)
    let tiers = TierTests.tiers(
      setup.pages, up: setup.up, start: 1000, isShared: setup.isShared, swaps: setup.swaps,
      keepsBlocks: setup.keepsBlocks)
    let a = try BothWays.play(limits) {
      StreamPlayer(stream, LinearClock(), $0, tiers: tiers)
    }
    #expect(a.requests.ends.allSatisfy { $0 > 0 })
    #expect(a.copies[1].pages > 0)
    // Where the link lags by more than its second nearly all is dropped, and little to be found.
    #expect(a.copies[0].pages > 0 || setup.up[0] > 100_000_000_000)
    // Every token but the first of each request ends one gap.
    #expect(
      a.gaps.total == stream.outputs.reduce(0) { $0 + Int64($1) } - Int64(stream.count))
    // All gaps together are all requests' times from the first token to the last.
    let spans = stream.prompts.indices.reduce(Int64(0)) {
      $0 + a.requests.ends[$1] - a.requests.firstTokens[$1]
    }
    let mean = try #require(a.gaps.mean)
    #expect(abs(mean * Double(a.gaps.total) / (Double(spans) * 1e-12) - 1) < 1e-12)
    #expect(a.little.counted == a.little.spent)
    #expect(a.mostPages <= setup.near)
  }
}
