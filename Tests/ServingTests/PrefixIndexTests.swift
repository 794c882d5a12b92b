import NumericalMethods
import Serving
import Testing
import Workloads

@Suite struct PrefixIndexTests {
  private func path(_ blocks: [UInt64]) -> ArraySlice<UInt64> { blocks[...] }

  @Test func leadingBlocksAreFound() {
    var index = PrefixIndex(capacities: [10])
    #expect(index.access(path([1, 2, 3])).blocks == 0)
    #expect(index.match(path([1, 2, 9, 3])).blocks == 2)
    #expect(index.match(path([9, 1, 2])).blocks == 0)
    #expect(index.access(path([1, 2, 4])).blocks == 2)
    #expect(index.used == [4])
  }

  /// Of 1-2-3 and then 1-4 in three blocks, 3 leaves: it was used before all others.
  @Test func leavesGoFirst() {
    var index = PrefixIndex(capacities: [3])
    _ = index.access(path([1, 2, 3]))
    _ = index.access(path([1, 4]))
    #expect(index.match(path([1, 2, 3])).blocks == 2)
    #expect(index.match(path([1, 4])).blocks == 2)
    #expect(index.traffic.dropped == 1)
  }

  @Test func aPromptLongerThanTheCacheLeavesItsBeginning() {
    var index = PrefixIndex(capacities: [2])
    _ = index.access(path([1, 2, 3, 4]))
    #expect(index.match(path([1, 2, 3, 4])).blocks == 2)
  }

  @Test func evictedBlocksMoveToTheNextTierAndBack() {
    var index = PrefixIndex(capacities: [2, 0, 2])
    _ = index.access(path([1, 2]))
    _ = index.access(path([3, 4]))
    #expect(index.used == [2, 0, 2])
    #expect(index.traffic.demoted == SIMD4(2, 0, 0, 0))
    let hits = index.pin(path([1, 2]))
    #expect((hits[0], hits[2]) == (0, 2))
    #expect(index.traffic.promoted == SIMD4(0, 0, 2, 0))
    #expect(index.used == [2, 0, 2] && index.pinned == 2)
    // 3 and 4 made room.
    #expect(index.match(path([3, 4]))[2] == 2)
  }

  @Test func pinnedBlocksStay() {
    var index = PrefixIndex(capacities: [3])
    let held = index.insert(path([1, 2]), held: 0)
    #expect(held == 2 && index.pinned == 2)
    // One place is left for what no one holds, and for a prompt of two.
    #expect(index.insert(path([5, 6]), held: 0) == 1)
    #expect(index.insert(path([7]), held: 0) == 0)
    index.release(path([5, 6]), held: 1)
    #expect(index.insert(path([7]), held: 0) == 1)
    #expect(index.match(path([5])).blocks == 0 && index.match(path([1, 2])).blocks == 2)
    let refused = !index.resize(tier: 0, to: 2)
    #expect(refused)
    index.release(path([7]), held: 1)
    let resized = index.resize(tier: 0, to: 2)
    #expect(resized)
    #expect(index.match(path([7])).blocks == 0)
  }

  /// A block that two requests hold stays until both have let go.
  @Test func holdsAreCounted() {
    var index = PrefixIndex(capacities: [2])
    _ = index.insert(path([1, 2]), held: 0)
    #expect(index.pin(path([1, 2])).blocks == 2)
    index.release(path([1, 2]), held: 2)
    #expect(index.pinned == 2)
    index.release(path([1, 2]), held: 2)
    #expect(index.pinned == 0 && index.used == [2])
    index.release(path([1, 2]), held: 2)
    #expect(index.pinned == 0)
  }

  @Test func tokensOfHits() {
    var index = PrefixIndex(capacities: [1, 2])
    _ = index.access(path([1, 2, 3]))
    let hits = index.match(path([1, 2, 3]))
    #expect((hits[0], hits[1], hits.blocks) == (1, 2, 3))
    #expect(hits.tokens(prompt: 40, blockTokens: 16) == 40)
    #expect(hits.tokens(in: 0, prompt: 40, blockTokens: 16) == 16)
    #expect(hits.tokens(in: 1, prompt: 40, blockTokens: 16) == 24)
  }

  /// Random conversations over random tiers, beside lists that are searched from end to end.
  @Test(arguments: [[0], [7], [40], [5, 9], [3, 0, 11], [2, 4, 8, 16]])
  func agreesWithPlainLists(capacities: [Int]) {
    var index = PrefixIndex(capacities: capacities)
    var lists = ListedTiers(capacities: capacities)
    var prompts = RandomPrompts(seed: UInt64(capacities.reduce(1) { 31 * $0 + $1 }))
    for _ in 0..<2000 {
      let prompt = prompts.next()
      let hits = index.access(prompt[...])
      let expected = lists.access(prompt)
      for tier in capacities.indices { #expect(hits[tier] == expected[tier]) }
      #expect(index.used == lists.tiers.map(\.count))
    }
  }

  /// Requests that hold what they use for a while: no tier is ever overfull, no pinned block leaves,
  /// and what is resident of a prompt is its beginning.
  @Test(arguments: [[20], [12, 10], [10, 5, 30]])
  func holdsUnderTraffic(capacities: [Int]) {
    var index = PrefixIndex(capacities: capacities)
    var prompts = RandomPrompts(seed: 9)
    var draws = KeyedStream(seed: 3, purpose: "holds")
    var running: [(prompt: [UInt64], held: Int)] = []
    for _ in 0..<3000 {
      if running.count > 3 || (!running.isEmpty && draws.below(2) == 0) {
        let ended = running.remove(at: draws.below(running.count))
        index.release(ended.prompt[...], held: ended.held)
      } else {
        let prompt = prompts.next()
        let hits = index.pin(prompt[...])
        let held = index.insert(prompt[...], held: hits.blocks)
        #expect(held >= hits.blocks && held <= prompt.count)
        running.append((prompt, held))
      }
      for tier in capacities.indices { #expect(index.used[tier] <= capacities[tier]) }
      #expect(index.pinned <= index.used[0])
      for request in running {
        #expect(index.match(request.prompt.prefix(request.held))[0] == request.held)
        let resident = request.prompt.map { index.match([$0]).blocks == 1 }
        #expect(resident == resident.sorted { $0 && !$1 })
      }
    }
    for request in running { index.release(request.prompt[...], held: request.held) }
    #expect(index.pinned == 0)
  }
}

/// Prompts that continue earlier ones, with chained identities.
struct RandomPrompts {
  private var draws: KeyedStream
  private var known: [[UInt64]] = [[]]
  private var fresh: UInt64 = 0
  init(seed: UInt64) { draws = KeyedStream(seed: seed, purpose: "prompts") }

  mutating func next() -> [UInt64] {
    // Mostly one of the last few, so that there is something to find.
    let base = known[max(0, known.count - 1 - draws.below(12))]
    var prompt = Array(base.prefix(draws.below(base.count + 1)))
    for _ in 0...draws.below(5) {
      prompt.append(fresh &* 0x9E37_79B9_7F4A_7C15)
      fresh += 1
    }
    known.append(prompt)
    return prompt
  }
}

/// The same tiers as arrays in order of use, the last used first.
struct ListedTiers {
  let capacities: [Int]
  private(set) var tiers: [[UInt64]]
  init(capacities: [Int]) {
    self.capacities = capacities
    tiers = capacities.map { _ in [] }
  }

  mutating func access(_ prompt: [UInt64]) -> [Int] {
    var hits = tiers.map { _ in 0 }
    for block in prompt {
      guard let tier = tiers.firstIndex(where: { $0.contains(block) }) else { break }
      hits[tier] += 1
    }
    for tier in tiers.indices { tiers[tier].removeAll { prompt.contains($0) } }
    tiers[0].insert(contentsOf: prompt, at: 0)
    for tier in tiers.indices {
      while tiers[tier].count > capacities[tier] {
        let oldest = tiers[tier].removeLast()
        if let below = tiers.indices.first(where: { $0 > tier && capacities[$0] > 0 }) {
          tiers[below].insert(oldest, at: 0)
        }
      }
    }
    return hits
  }
}
