import EventKernel
import Testing

/// Hand-computed sequences of every replacement, one entry a letter.
@Suite struct CacheTests {
  /// Touches, with `|` where a batch ends, and what is due for each: h(it) or m(iss).
  struct Sequence: Sendable, CustomTestStringConvertible {
    var rules: CacheRules
    var touches: String
    var due: String
    var weights: [Int64] = [1]
    var testDescription: String { "\(rules.replacement) \(rules.capacity) \(touches)" }
  }

  static func rules(
    _ replacement: CacheRules.Replacement, _ capacity: Int64,
    _ eviction: CacheRules.Eviction = .onInsert, window: Int = 0, pinned: Int = 0
  ) -> CacheRules {
    CacheRules(
      replacement: replacement, eviction: eviction, capacity: capacity, window: window,
      pinnedBelow: pinned)
  }

  @Test(arguments: [
    // A textbook string: 3 frames, LRU 10 faults, the optimum 7. d and e, needed last, pass by.
    Sequence(rules: rules(.lru, 3), touches: "abcdabeabcde", due: "mmmmmmmhhmmm"),
    Sequence(rules: rules(.belady, 3), touches: "abcdabeabcde", due: "mmmmhhmhhhmm"),
    // c takes the place of b, which was touched longest ago.
    Sequence(rules: rules(.lru, 2), touches: "abacab", due: "mmhmhm"),
    // a was touched twice, so b and then c leave; c is new when b leaves.
    Sequence(rules: rules(.lfu, 2), touches: "aabcacb", due: "mhmmhhm"),
    // Among equals the one touched longest ago leaves: a.
    Sequence(rules: rules(.lfu, 2), touches: "abcba", due: "mmmhm"),
    // With room for one, Belady keeps a and lets every newcomer leave at once.
    Sequence(rules: rules(.belady, 1), touches: "abcada", due: "mmmhmh"),
    // At the end of the batch only: all three are there until |, then a, the oldest, leaves.
    Sequence(rules: rules(.lru, 2, .endOfBatch), touches: "abca|bca|b", due: "mmmh|mhh|m"),
    Sequence(rules: rules(.lru, 2, .endOfBatch), touches: "abc|cba", due: "mmm|hhm"),
    Sequence(rules: rules(.lru, 2), touches: "abc|cba", due: "mmm|hhm"),
    Sequence(rules: rules(.lru, 2, .endOfBatch), touches: "abcabc", due: "mmmhhh"),
    Sequence(rules: rules(.lru, 2), touches: "abcabc", due: "mmmmmm"),
    // A window of 1 batch: a is held through the batch after its touch and leaves at its end.
    Sequence(
      rules: rules(.window, 9, .endOfBatch, window: 1), touches: "a|b|a|a|b",
      due: "m|m|m|h|m"),
    Sequence(
      rules: rules(.window, 9, .endOfBatch, window: 2), touches: "a|b|a|c|b",
      due: "m|m|h|m|m"),
    Sequence(rules: rules(.window, 9, .endOfBatch, window: 0), touches: "aa|a", due: "mh|m"),
    // a is a sink: it never leaves, and takes room.
    Sequence(rules: rules(.lru, 2, pinned: 1), touches: "abcabca", due: "mmmhmmh"),
    Sequence(rules: rules(.lfu, 2, pinned: 1), touches: "abbcab", due: "mmhmhm"),
    Sequence(rules: rules(.belady, 2, pinned: 1), touches: "abcdb", due: "mmmmh"),
    // b weighs 2 of 3: it drives out both others; c with 4 never fits and takes all else along.
    Sequence(
      rules: rules(.lru, 3), touches: "adbdab", due: "mmmhmm", weights: [1, 2, 4, 1]),
    Sequence(rules: rules(.lru, 3), touches: "abacab", due: "mmhmmm", weights: [1, 2, 4, 1]),
    Sequence(rules: rules(.lru, 0), touches: "aab", due: "mmm"),
  ])
  func sequence(_ it: Sequence) {
    let touches = it.touches.unicodeScalars.map { $0 == "|" ? nil : Int($0.value) - 97 }
    let played = CacheStream(touches).play(it.rules, universe: 5, weights: padded(it.weights))
    let found = zip(touches, played.hits(touches)).map { $0 == nil ? "|" : $1 ? "h" : "m" }
    #expect(found.joined() == it.due)
  }

  private func padded(_ weights: [Int64]) -> [Int64] {
    weights.count == 1 ? weights : weights + Array(repeating: 1, count: 5 - weights.count)
  }

  @Test func peakCountsWhatABatchHolds() {
    let cache = EntryCache(Self.rules(.lru, 2, .endOfBatch), universe: 4)
    for entry in 0..<4 { _ = cache.touch(entry) }
    #expect(cache.used == 4)
    cache.endBatch()
    #expect(cache.used == 2)
    #expect(cache.peak == 4)
    #expect((0..<4).map(cache.contains) == [false, false, true, true])
  }

  @Test func prefetchBringsInOnce() {
    let cache = EntryCache(Self.rules(.lru, 2), universe: 3)
    let brought = [cache.prefetch(0), cache.prefetch(0)]
    #expect(brought == [true, false])
    let isHit = cache.touch(0)
    #expect(isHit)
    _ = cache.touch(1)
    // 2 drives out 0, which was touched longest ago.
    let third = cache.prefetch(2)
    #expect(third)
    #expect([0, 1, 2].map(cache.contains) == [false, true, true])
  }
}

/// Touches in order, nil where a batch ends, with what Belady's policy foresees of each.
struct CacheStream {
  let touches: [Int?]
  let nextTouch: [Int64]

  init(_ touches: [Int?]) {
    self.touches = touches
    var last: [Int: Int64] = [:]
    var next = [Int64](repeating: .max, count: touches.count)
    for (at, touch) in touches.enumerated().reversed() {
      guard let touch else { continue }
      next[at] = last[touch] ?? .max
      last[touch] = Int64(at)
    }
    nextTouch = next
  }

  struct Played {
    /// One for each touch.
    var isHit: [Bool] = []
    var misses: Int { isHit.count { !$0 } }

    /// Spread over the touches and batch ends of a stream.
    func hits(_ touches: [Int?]) -> [Bool] {
      var rest = isHit.makeIterator()
      return touches.map { $0 == nil ? false : rest.next() ?? false }
    }
  }

  func play(_ rules: CacheRules, universe: Int, weights: [Int64] = [1]) -> Played {
    let cache = EntryCache(rules, universe: universe, weights: weights)
    var played = Played()
    for (at, touch) in touches.enumerated() {
      if let touch {
        played.isHit.append(cache.touch(touch, nextTouch: nextTouch[at]))
      } else {
        cache.endBatch()
      }
    }
    return played
  }
}
