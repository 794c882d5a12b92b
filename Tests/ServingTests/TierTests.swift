import NumericalMethods
import Quantities
import Testing
import Workloads

@testable import Serving

/// Blocks of prompts in slower tiers: where they are found, and what bringing them takes.
struct TierTests {
  /// Tiers whose pages take so many picoseconds towards the faster tier, and 0.7 of it the other way.
  static func tiers(
    _ pages: [Int], up: [Int64], start: Int64 = 0, isShared: Bool = false, swaps: Bool = false,
    keepsBlocks: Bool = true
  ) -> KVTiers {
    KVTiers(
      names: ["hbm", "ddr", "flash", "disk"].prefix(pages.count + 1).map { $0 }, pages: pages,
      hops: up.enumerated().map { place, span in
        KVHop(
          link: "link-\(place)", isShared: isShared, up: KVCopy(start: start, page: span),
          down: KVCopy(start: start, page: span * 7 / 10))
      }, bytesPerPage: 4096, keepsBlocks: keepsBlocks, swaps: swaps)
  }

  /// Prompts of whole blocks of 16 tokens and one token more, of which one token is generated.
  private func stream(_ rows: [(time: Int64, blocks: [UInt64])]) -> RequestStream {
    var stream = RequestStream()
    stream.blockTokens = 16
    stream.blockStarts = [0]
    for row in rows {
      stream.arrivals.append(Instant(picoseconds: row.time))
      stream.prompts.append(Int32(row.blocks.count * 16 + 1))
      stream.outputs.append(1)
      stream.blocks += row.blocks
      stream.blockStarts.append(Int32(stream.blocks.count))
    }
    return stream
  }

  @Test("Three prompts by hand: what was evicted comes back over the link before the step begins")
  func byHand() throws {
    let first: [UInt64] = [1, 2, 3, 4]
    let stream = stream([(0, first), (10_000, Array(11...18)), (30_000, first)])
    let limits = ServingLimits(tokens: 1000, sequences: 4, page: 16, pages: 10)
    var player = StreamPlayer(
      stream, TokenClock(), limits, tiers: Self.tiers([100], up: [1000], start: 5))
    let played = try player.play()
    // The second takes 9 of 10 pages, so that 2, 3 and 4 go down. The third brings them: 5 + 3 x 1000,
    // and computes one token.
    #expect(played.requests.firstTokens == [6500, 10_000 + 12_900, 30_000 + 3005 + 100])
    #expect(played.requests.starts[2] == 33_005)
    #expect(played.requests.found == [0, 0, 64])
    #expect((played.hitTokens(0), played.hitTokens(1)) == (16, 48))
    #expect(played.lookedUpTokens == 65 + 129 + 65)
    // Down: 3 blocks, then 2 where 3 come up and one page was free, then one for the token's page.
    let (up, down) = (played.copies[0], played.copies[1])
    #expect((up.name, up.pages, up.bytes, up.busy) == ("link-0-to-hbm", 3, 3 * 4096, 3005))
    #expect((down.name, down.pages, down.copies) == ("link-0-to-ddr", 6, 3))
    #expect(played.stalled == 3005)
    #expect(played.little.counted == played.little.spent)
  }

  @Test("A block in flash crosses both links, one after the other")
  func fromFlash() throws {
    let first: [UInt64] = [1, 2, 3, 4]
    let stream = stream([
      (0, first), (10_000, Array(11...18)), (100_000, Array(21...28)), (200_000, first),
    ])
    let limits = ServingLimits(tokens: 1000, sequences: 4, page: 16, pages: 10)
    var player = StreamPlayer(
      stream, TokenClock(), limits, tiers: Self.tiers([8, 100], up: [1000, 3000]))
    let played = try player.play()
    // In use order: 21 ... 28 and 11 beside the last page, then 12 ... 18 and 1 in ddr, 2, 3, 4 in flash.
    #expect((played.hitTokens(0), played.hitTokens(1), played.hitTokens(2)) == (0, 16, 48))
    // Three pages over the slow link, then over the fast one, on which 1 came meanwhile.
    #expect(played.requests.starts[3] == 200_000 + 3 * 3000 + 3 * 1000)
    #expect(played.copies.map(\.pages)[0] == 4)
    #expect(played.copies.map(\.pages)[2] == 3)
  }

  @Test("Two requests for blocks on their way wait for one copy; a third runs meanwhile")
  func sharedFetch() throws {
    let first: [UInt64] = [1, 2, 3, 4]
    let stream = stream([
      (0, first), (10_000, Array(11...18)), (30_000, first), (30_100, first), (30_200, [31]),
    ])
    let limits = ServingLimits(tokens: 1000, sequences: 4, page: 16, pages: 10)
    var player = StreamPlayer(
      stream, TokenClock(), limits, tiers: Self.tiers([100], up: [1000]))
    let table = try player.play().requests
    #expect(table.starts[4] == 30_200)
    #expect(table.starts[2] == 33_000 && table.starts[3] == 33_000)
    #expect(table.found[3] == 64)
  }

  @Test("A block on its way out is brought back when it is there")
  func onItsWayOut() throws {
    let first: [UInt64] = [1, 2, 3, 4]
    // The second prompt's step begins at 6500 and lasts 12,900: 3 blocks go down until 6500 + 21,000.
    let stream = stream([(0, first), (0, Array(11...18)), (7000, first)])
    let limits = ServingLimits(tokens: 1000, sequences: 1, page: 16, pages: 10)
    var player = StreamPlayer(
      stream, TokenClock(), limits, tiers: Self.tiers([100], up: [10_000]))
    let table = try player.play().requests
    #expect(table.starts[2] == 6500 + 21_000 + 30_000)
  }

  /// Conversations far apart, so that each request is alone with the links.
  private func apart(_ count: Int) -> RequestStream {
    var prompts = RandomPrompts(seed: 3)
    return stream((0..<count).map { (Int64($0) * 10_000_000, prompts.next()) })
  }

  @Test("Alone, a first token moves by the tokens that are not computed less the copies' time")
  func savedLessCopied() throws {
    let stream = apart(600)
    let limits = ServingLimits(tokens: 100_000, sequences: 8, page: 16, pages: 24)
    func play(_ tiers: KVTiers) throws -> (ttft: Int64, found: Int64, played: PlayedStream) {
      var player = StreamPlayer(stream, TokenClock(), limits, tiers: tiers)
      let played = try player.play()
      let table = played.requests
      let ttft = table.firstTokens.indices.reduce(0) {
        $0 + table.firstTokens[$1] - table.arrivals[$1]
      }
      return (ttft, table.found.reduce(0) { $0 + Int64($1) }, played)
    }
    let none = try play(KVTiers())
    var last = none
    for pages in [4, 8, 16] {
      let some = try play(Self.tiers([pages], up: [300]))
      let fast = try play(Self.tiers([pages], up: [100]))
      let up = some.played.copies[0]
      #expect(up.pages > 0 && up.waited == 0)
      #expect(none.ttft - some.ttft == 100 * (some.found - none.found) - up.busy)
      #expect(up.busy == 300 * up.pages)
      // A link three times as fast changes what the copies take, and nothing else.
      #expect(fast.found == some.found)
      #expect(some.ttft - fast.ttft == 200 * up.pages)
      // A block of 16 tokens takes 1600 to compute and 300 to bring: more room, earlier tokens.
      #expect(some.found > last.found && some.ttft < last.ttft)
      last = some
    }
  }

  @Test("A link slower than computing anew makes first tokens later")
  func slowLink() throws {
    let stream = apart(200)
    let limits = ServingLimits(tokens: 100_000, sequences: 8, page: 16, pages: 24)
    func mean(_ tiers: KVTiers) throws -> Int64 {
      var player = StreamPlayer(stream, TokenClock(), limits, tiers: tiers)
      let table = try player.play().requests
      return table.firstTokens.reduce(0, +)
    }
    let none = try mean(KVTiers())
    #expect(try mean(Self.tiers([400], up: [2000])) > none)
    #expect(try mean(Self.tiers([400], up: [1500])) < none)
  }

  @Test(
    "Bytes over the links are those of the blocks that moved, and tiers are never overfull",
    arguments: [[50], [30, 40], [10, 0, 60]], 1...4)
  func bytes(_ pages: [Int], seed: Int) throws {
    let stream = SampleStreams.sharing(count: 300, seed: UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 16, page: 8, pages: 120)
    let up = pages.map { _ in Int64(2_000_000) }
    var player = StreamPlayer(stream, LinearClock(), limits, tiers: Self.tiers(pages, up: up))
    let played = try player.play()
    let traffic = try #require(played.tallies.first).blockTraffic
    var moved = [Int](repeating: 0, count: 2 * pages.count)
    for hop in pages.indices {
      for tier in 0..<4 {
        // What is demoted goes to the next tier that holds anything.
        let target = pages.indices.first { $0 >= tier && pages[$0] >= 2 }.map { $0 + 1 } ?? 0
        if tier > hop { moved[2 * hop] += traffic.promoted[tier] }
        if tier <= hop, hop < target { moved[2 * hop + 1] += traffic.demoted[tier] }
      }
    }
    #expect(played.copies.map(\.pages) == moved.map { Int64(2 * $0) })
    #expect(played.copies.map(\.bytes) == moved.map { Int64(2 * $0) * 4096 })
    #expect(played.copies[1].pages > 0)
    for (tier, most) in ([120] + pages).enumerated() {
      let held = try #require(played.heldPages(tier))
      #expect(held.peak <= most && held.mean <= Double(held.peak))
    }
    #expect(played.requests.ends.allSatisfy { $0 > 0 })
    #expect(played.little.counted == played.little.spent)
  }

  @Test("A graph over two replicas that wait for copies: no child starts before its parents end")
  func graph() throws {
    var stream = SampleStreams.sharing(count: 150, seed: 5)
    stream.parentStarts = [0]
    for row in 0..<150 {
      if row % 3 == 2 { stream.parents += [Int32(row - 1), Int32(row - 2)] }
      stream.parentStarts.append(Int32(stream.parents.count))
    }
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 40)
    var player = StreamPlayer(
      stream, LinearClock(), limits, tiers: Self.tiers([100], up: [900_000_000]), replicas: 2)
    let played = try player.play()
    let table = played.requests
    #expect(played.stalled > 0 && played.copies[0].pages > 0)
    for row in stride(from: 2, to: 150, by: 3) {
      let released = max(
        stream.arrivals[row].picoseconds, table.ends[row - 1], table.ends[row - 2])
      #expect(table.arrivals[row] == released && table.starts[row] >= released)
    }
    #expect(played.little.counted == played.little.spent)
  }

  @Test("What has waited for a link for a second is dropped instead of copied out")
  func lag() throws {
    let stream = SampleStreams.sharing(count: 200, seed: 2)
    let limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 60)
    var player = StreamPlayer(
      stream, LinearClock(), limits,
      tiers: Self.tiers([1000], up: [800_000_000_000]))
    let played = try player.play()
    let traffic = try #require(played.tallies.first).blockTraffic
    #expect(traffic.dropped > traffic.demoted[0])
    #expect(played.requests.ends.allSatisfy { $0 > 0 })
  }
}
