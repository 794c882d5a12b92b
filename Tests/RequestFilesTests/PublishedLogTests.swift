import Quantities
import ScenarioFiles
import Serving
import TestSupport
import Testing
import Workloads

/// The committed logs (scenarios/requests/README.md has origin and licence).
@Suite struct PublishedLogTests {
  static func stream(_ name: String) throws -> RequestStream {
    let file = Checkout.path("scenarios/requests/\(name)")
    guard case .stream(let stream, _) = try RequestFile.read(file) else {
      throw Missing(name: name)
    }
    return stream
  }
  struct Missing: Error { var name: String }

  @Test func azure() throws {
    let stream = try Self.stream("azure2023_conv.csv.gz")
    #expect(stream.count == 19366)
    #expect(Array(stream.prompts.prefix(3)) == [374, 396, 879])
    #expect(Array(stream.outputs.prefix(3)) == [44, 109, 55])
    // 18:15:50.9951690 and 18:15:51.2224670 after 18:15:46.6805900.
    #expect(
      stream.arrivals.prefix(3).map(\.picoseconds)
        == [0, 4_314_579_000_000, 4_541_877_000_000])
    // The last row is of 19:14:08.4025270.
    #expect(stream.arrivals.last?.picoseconds == 3_501_721_937_000_000)
    #expect(stream.blocks.isEmpty && stream.blockTokens == 0)
  }

  @Test func sharegpt() throws {
    let stream = try Self.stream("sharegpt_llama-3.1-8b_300req_blk16.jsonl.gz")
    #expect(stream.count == 300 && stream.blockTokens == 16 && stream.blocks.count == 15942)
    #expect(stream.arrivals.first?.picoseconds == 46_926_808_000)
    #expect(stream.prompts.first == 2358 && stream.outputs.first == 531)
    #expect(stream.blocks(of: 0).count == 147)
    let distances = PrefixDistances(stream)
    // Tests/PrefixCounts/count.py … 100 1000 3000 10000
    #expect(
      [100, 1000, 3000, 10000].map { distances.foundBlocks(capacity: $0) }
        == [32, 226, 636, 1220])
  }

  /// Figures of `Tests/PrefixCounts/count.py scenarios/requests/mooncake_conversation.jsonl.gz 100
  /// 1000 10000 30000 50000 100000 200000`, which counts with an ordered dictionary.
  @Test func mooncakePrefixesAsCountedElsewhere() throws {
    let stream = try Self.stream("mooncake_conversation.jsonl.gz")
    #expect(stream.count == 12031 && stream.blocks.count == 288_500)
    let distances = PrefixDistances(stream)
    #expect(distances.distinct == 182_790)
    let counted = [
      (100, 12071), (1000, 12847), (10000, 61046), (30000, 93978), (50000, 102_290),
      (100_000, 104_924), (200_000, 105_710),
    ]
    for (capacity, found) in counted {
      #expect(distances.foundBlocks(capacity: capacity) == found, "\(capacity) blocks")
    }
  }

  @Test(
    arguments: [
      ([100], [12071]), ([30000], [93978]), ([333, 667], [12146, 701]),
      ([16666, 33334], [77098, 25192]),
    ])
  func mooncakePrefixesByTier(capacities: [Int], counted: [Int]) throws {
    let stream = try Self.stream("mooncake_conversation.jsonl.gz")
    var index = PrefixIndex(capacities: capacities)
    var found = capacities.map { _ in 0 }
    for request in 0..<stream.count {
      let hits = index.access(stream.blocks(of: request))
      for tier in capacities.indices { found[tier] += hits[tier] }
    }
    #expect(found == counted)
  }
}
