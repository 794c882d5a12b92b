import Quantities
import ScenarioFiles
import TestSupport
import Testing
import Workloads

@testable import Serving

/// The player on Mooncake's conversation log against `Tests/PrefixCounts/count.py`, which counts with
/// none of this code. A step takes a picosecond and links take nothing: a cache whose requests take no
/// time.
struct MooncakeTests {
  private func log() throws -> RequestStream {
    let file = Checkout.path("scenarios/requests/mooncake_conversation.jsonl.gz")
    guard case .stream(var stream, _) = try RequestFile.read(file) else { return RequestStream() }
    stream.outputs = Array(repeating: 1, count: stream.count)
    return stream
  }

  /// Blocks found in each tier where the near one holds `near` blocks beside what the running request
  /// has for itself, and a slower one `slow`.
  private func found(_ stream: RequestStream, near: Int, slow: Int) throws -> [Int] {
    // Pages of a token: what is left of a prompt after its blocks, 511 tokens at most, has room.
    let limits = ServingLimits(tokens: 1 << 24, sequences: 1, page: 1, pages: near * 512 + 511)
    var tiers = KVTiers()
    if slow > 0 { tiers = TierTests.tiers([slow * 512], up: [0]) }
    var player = StreamPlayer(stream, DrawnClock(times: [1]), limits, tiers: tiers)
    let played = try player.play()
    #expect(played.requests.ends.allSatisfy { $0 > 0 })
    return [Int(played.hitTokens(0)) / 512, Int(played.hitTokens(1)) / 512]
  }

  /// Size, blocks found in one tier of it, and in a third of it and in the rest.
  static let whole = [
    (1000, 12847, 12146, 701), (10_000, 61046, 20521, 40525), (30_000, 93978, 61046, 32932),
    (50_000, 102_290, 77098, 25192), (100_000, 104_924, 96832, 8092),
    (200_000, 105_710, 103_701, 2009),
  ]

  @Test("With every block whole, hits are the counted ones at every size and by tier")
  func wholeBlocks() throws {
    var stream = try log()
    let distances = PrefixDistances(stream)
    for row in 0..<stream.count {
      stream.prompts[row] = Int32(stream.blocks(of: row).count * 512 + 1)
    }
    for (size, all, fast, slow) in Self.whole {
      #expect(distances.foundBlocks(capacity: size) == all)
      #expect(try found(stream, near: size, slow: 0) == [all, 0])
      #expect(try found(stream, near: size / 3, slow: size - size / 3) == [fast, slow])
    }
  }

  @Test("100 blocks: the prompts that fit find what one pass over them finds")
  func smallCache() throws {
    let all = try log()
    var stream = RequestStream()
    stream.blockTokens = 512
    stream.blockStarts = [0]
    for row in 0..<all.count where all.blocks(of: row).count <= 100 {
      stream.arrivals.append(all.arrivals[row])
      stream.outputs.append(1)
      stream.prompts.append(Int32(all.blocks(of: row).count * 512 + 1))
      stream.blocks += all.blocks(of: row)
      stream.blockStarts.append(Int32(stream.blocks.count))
    }
    let counted = PrefixDistances(stream).foundBlocks(capacity: 100)
    #expect(counted > 10_000)
    #expect(try found(stream, near: 100, slow: 0) == [counted, 0])
  }

  @Test(
    "As logged, whole blocks are kept and a token of every prompt is computed: count.py --served 512",
    arguments: [
      (1000, 12990, 12145, 845), (10_000, 62005, 21481, 40524), (30_000, 95337, 62005, 33332),
      (100_000, 104_926, 98356, 6570),
    ])
  func asLogged(_ size: Int, _ all: Int, _ fast: Int, _ slow: Int) throws {
    let stream = try log()
    #expect(try found(stream, near: size, slow: 0) == [all, 0])
    #expect(try found(stream, near: size / 3, slow: size - size / 3) == [fast, slow])
  }

  @Test("A larger slower tier and a faster link bring first tokens forward, as hits and link say")
  func firstTokens() throws {
    var stream = try log().prefix(3000)
    // So far apart that a request is alone: only hits and copies move its first token.
    stream.arrivals = stream.arrivals.indices.map {
      Instant(picoseconds: Int64($0) * 500_000_000_000_000)
    }
    // 10,000 tokens a second, and a block of 512 at 3.2 or 12.8 GB/s where a token has 0.1 MB.
    let clock = TokenClock(perToken: 100_000_000)
    func play(_ blocks: Int, _ span: Int64) throws -> (ttft: Int64, found: Int64) {
      let limits = ServingLimits(tokens: 1 << 24, sequences: 8, page: 512, pages: 400)
      var player = StreamPlayer(
        stream, clock, limits, tiers: TierTests.tiers([blocks], up: [span]))
      let played = try player.play()
      let table = played.requests
      let ttft = table.arrivals.indices.reduce(Int64(0)) {
        $0 + table.firstTokens[$1] - table.arrivals[$1]
      }
      let found = table.found.reduce(0) { $0 + Int64($1) }
      let computed = stream.prompts.reduce(0) { $0 + Int64($1) } - found
      #expect(ttft == computed * 100_000_000 + played.copies[0].busy)
      #expect(played.copies[0].busy == span * played.copies[0].pages)
      return (ttft, found)
    }
    var last: (ttft: Int64, found: Int64) = (.max, -1)
    for blocks in [1000, 4000, 16_000] {
      let slow = try play(blocks, 16_000_000_000)
      let fast = try play(blocks, 4_000_000_000)
      #expect(slow.found > last.found && slow.ttft < last.ttft)
      #expect(fast.found == slow.found && fast.ttft < slow.ttft)
      last = slow
    }
  }
}
