import Serving
import Testing
import Workloads

@Suite struct PrefixDistanceTests {
  /// 1-2-3, 1-4, 1-2-3: after the second the order of use is 1 4 2 3.
  @Test func byHand() {
    let stream = Self.stream([[1, 2, 3], [1, 4], [1, 2, 3]], prompt: 40, blockTokens: 16)
    let distances = PrefixDistances(stream)
    #expect((distances.blocks, distances.distinct, distances.largestUseful) == (8, 4, 4))
    // The second request finds 1 at place 1, the third 1, 2 and 3 at places 1, 3 and 4.
    #expect((0...5).map { distances.foundBlocks(capacity: $0) } == [0, 2, 2, 3, 4, 4])
    #expect((0...5).map { distances.foundTokens(capacity: $0) } == [0, 32, 32, 48, 56, 56])
    #expect(distances.foundBlocks(capacity: -1) == 0)
  }

  /// One pass finds for every size what a cache of that size finds.
  @Test func agreesWithTheIndex() {
    var prompts = RandomPrompts(seed: 5)
    let stream = Self.stream((0..<400).map { _ in prompts.next() }, prompt: 1000, blockTokens: 16)
    let distances = PrefixDistances(stream)
    for capacity in 0...(distances.largestUseful + 2) {
      var index = PrefixIndex(capacities: [capacity])
      var found = 0
      for request in 0..<stream.count { found += index.access(stream.blocks(of: request)).blocks }
      #expect(found == distances.foundBlocks(capacity: capacity))
    }
  }

  @Test func nothingOfNothing() {
    let distances = PrefixDistances(RequestStream())
    #expect((distances.blocks, distances.largestUseful) == (0, 0))
    #expect(distances.foundBlocks(capacity: 5) == 0)
  }

  static func stream(_ prompts: [[UInt64]], prompt: Int32, blockTokens: Int) -> RequestStream {
    var stream = RequestStream()
    stream.blockTokens = blockTokens
    stream.blockStarts = [0]
    for blocks in prompts {
      stream.arrivals.append(.start)
      stream.prompts.append(prompt)
      stream.outputs.append(1)
      stream.blocks += blocks
      stream.blockStarts.append(Int32(stream.blocks.count))
    }
    return stream
  }
}
