import Quantities
import Testing
import Workloads

@testable import Serving

/// Requests whose KV goes out when they lose their pages, and comes back.
struct SwapTests {
  private func tiers(_ pages: Int, up: Int64) -> KVTiers {
    TierTests.tiers([pages], up: [up], swaps: true, keepsBlocks: false)
  }

  private func pair() -> RequestStream {
    var stream = RequestStream()
    stream.arrivals = [0, 0].map { Instant(picoseconds: $0) }
    stream.prompts = [16, 16]
    stream.outputs = [20, 40]
    return stream
  }

  @Test("Two sequences in four pages by hand: the second goes out and comes back")
  func byHand() throws {
    let limits = ServingLimits(tokens: 100, sequences: 2, page: 16, pages: 4)
    var player = StreamPlayer(pair(), TokenClock(), limits, tiers: tiers(10, up: 5000))
    let played = try player.play()
    // Both prompts in one step of 3200. Each takes its second page at once and its third for the 33rd
    // token, which the 17th decode step stores: after 16, at 19,200, the second goes out, two pages of
    // 3500. The first ends after three steps more, at 22,200; its pages are free. Two pages come back
    // when they are out, at 26,200, in 10,000, and 23 tokens are left.
    #expect(played.requests.firstTokens == [3200, 3200])
    #expect(played.requests.ends == [22_200, 36_200 + 23_000])
    #expect(played.requests.preemptions == [0, 1])
    #expect(played.copies.map(\.pages) == [2, 2])
    #expect(played.stalled == 14_000)
    #expect(played.gaps.total == 58)
    #expect(played.little.counted == played.little.spent)
  }

  @Test("Computed anew, the same sequence takes the time of its tokens instead of its copies")
  func recomputed() throws {
    var limits = ServingLimits(tokens: 100, sequences: 2, page: 16, pages: 4)
    limits.keepsPages = false
    var player = StreamPlayer(pair(), TokenClock(), limits)
    let played = try player.play()
    // 16 tokens of the prompt and 17 generated, whose step yields another; 22 are left then.
    #expect(played.requests.ends == [22_200, 22_200 + 3300 + 22_000])
    #expect(played.requests.preemptions == [0, 1])
  }

  @Test("Where the slower tier has no room for a sequence it is computed anew")
  func noRoom() throws {
    var limits = ServingLimits(tokens: 100, sequences: 2, page: 16, pages: 4)
    limits.keepsPages = false
    var player = StreamPlayer(pair(), TokenClock(), limits, tiers: tiers(1, up: 5000))
    let played = try player.play()
    #expect(played.requests.ends == [22_200, 22_200 + 3300 + 22_000])
    #expect(played.copies.allSatisfy { $0.pages == 0 })
  }

  @Test("Under traffic all that went out comes back, and a fast link beats computing anew")
  func traffic() throws {
    let stream = SampleStreams.random(
      count: 200, meanGap: 1_000_000, prompt: 200, output: 300, seed: 3)
    var limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 40)
    limits.keepsPages = false
    func play(_ tiers: KVTiers) throws -> PlayedStream {
      var player = StreamPlayer(stream, LinearClock(), limits, tiers: tiers)
      let played = try player.play()
      #expect(played.requests.ends.allSatisfy { $0 > 0 })
      #expect(played.mostPages <= 40)
      #expect(
        played.gaps.total == stream.outputs.reduce(0) { $0 + Int64($1) } - Int64(stream.count))
      return played
    }
    let anew = try play(KVTiers())
    let fast = try play(tiers(1000, up: 1000))
    let small = try play(tiers(20, up: 1000))
    #expect(fast.copies[0].pages == fast.copies[1].pages && fast.copies[0].pages > 100)
    #expect(small.copies[0].pages == small.copies[1].pages)
    #expect(small.copies[0].pages < fast.copies[0].pages)
    #expect(fast.length < anew.length)
    #expect(try #require(small.heldPages(1)).peak <= 20)
  }
}
