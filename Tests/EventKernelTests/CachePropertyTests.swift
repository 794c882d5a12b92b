import EventKernel
import TestSupport
import Testing
import Traces

/// Caches on random streams, against brute force, against each other and against theory.
@Suite struct CachePropertyTests {
  static func stream(
    _ random: inout SplitMix, universe: Int, length: Int, batches: Bool = true
  ) -> CacheStream {
    // Skewed: half of the touches go to a quarter of the entries.
    CacheStream(
      (0..<length).map { _ in
        if batches && random.oneIn(5) { return nil }
        return random.below(random.oneIn(2) ? universe : max(1, universe / 4))
      })
  }

  @Test(arguments: CacheRules.Replacement.allCases)
  func equalsBruteForce(_ replacement: CacheRules.Replacement) {
    var random = SplitMix(state: 41)
    for run in 0..<600 {
      let universe = 2 + random.below(14)
      let weights: [Int64] =
        random.oneIn(2) ? [1] : (0..<universe).map { _ in Int64(1 + random.below(5)) }
      let rules = CacheRules(
        replacement: replacement, eviction: random.pick(CacheRules.Eviction.allCases),
        capacity: Int64(random.below(2 * universe)), window: random.below(4),
        pinnedBelow: random.oneIn(3) ? random.below(3) : 0)
      let stream = Self.stream(&random, universe: universe, length: 60)
      let cache = EntryCache(rules, universe: universe, weights: weights)
      var naive = NaiveCache(rules, weights: weights)
      var peak: Int64 = 0
      for (at, touch) in stream.touches.enumerated() {
        if let touch {
          let next = stream.nextTouch[at]
          let isHit = cache.touch(touch, nextTouch: next)
          let isDue = naive.touch(touch, nextTouch: next)
          #expect(isHit == isDue, "run \(run), touch \(at)")
        } else {
          cache.endBatch()
          naive.endBatch()
        }
        let held = Set(naive.residents.map(\.entry))
        #expect(Set((0..<universe).filter(cache.contains)) == held, "run \(run), touch \(at)")
        #expect(cache.used == naive.used)
        peak = max(peak, naive.used)
      }
      #expect(cache.peak == peak)
    }
  }

  @Test(arguments: CacheRules.Eviction.allCases)
  func noPolicyBeatsBelady(_ eviction: CacheRules.Eviction) {
    var random = SplitMix(state: 42)
    for run in 0..<500 {
      let universe = 2 + random.below(30)
      let stream = Self.stream(&random, universe: universe, length: 200)
      let capacity = Int64(1 + random.below(universe))
      func misses(_ replacement: CacheRules.Replacement) -> Int {
        stream.play(
          CacheRules(
            replacement: replacement, eviction: eviction, capacity: capacity,
            window: 1 + random.below(4)), universe: universe
        ).misses
      }
      let least = misses(.belady)
      for other in CacheRules.Replacement.allCases {
        #expect(least <= misses(other), "run \(run): \(other)")
      }
    }
  }

  @Test(arguments: [CacheRules.Replacement.lru, .belady])
  func aLargerCacheNeverMissesMore(_ replacement: CacheRules.Replacement) {
    var random = SplitMix(state: 43)
    for run in 0..<200 {
      let universe = 2 + random.below(20)
      let stream = Self.stream(&random, universe: universe, length: 150)
      for eviction in CacheRules.Eviction.allCases {
        var last = Int.max
        for capacity in 0...universe {
          let rules = CacheRules(
            replacement: replacement, eviction: eviction, capacity: Int64(capacity))
          let misses = stream.play(rules, universe: universe).misses
          #expect(misses <= last, "run \(run), \(eviction), \(capacity) entries")
          last = misses
        }
      }
    }
  }

  /// Inclusion: whatever a cache holds, a larger one holds too, also with weights.
  @Test func aLargerLRUHoldsWhatASmallerOneHolds() {
    var random = SplitMix(state: 44)
    for run in 0..<300 {
      let universe = 2 + random.below(12)
      let weights = (0..<universe).map { _ in Int64(1 + random.below(4)) }
      let eviction = random.pick(CacheRules.Eviction.allCases)
      let capacity = Int64(random.below(20))
      func cache(_ capacity: Int64) -> EntryCache {
        EntryCache(
          CacheRules(replacement: .lru, eviction: eviction, capacity: capacity),
          universe: universe, weights: weights)
      }
      let small = cache(capacity)
      let large = cache(capacity + Int64(1 + random.below(6)))
      for touch in Self.stream(&random, universe: universe, length: 80).touches {
        if let touch {
          _ = small.touch(touch)
          _ = large.touch(touch)
        } else {
          small.endBatch()
          large.endBatch()
        }
        let lost = (0..<universe).filter { small.contains($0) && !large.contains($0) }
        #expect(lost.isEmpty, "run \(run): \(lost)")
      }
    }
  }

  @Test func missesAreThoseOfTheStackDistances() {
    var random = SplitMix(state: 45)
    for _ in 0..<60 {
      let universe = 1 + random.below(40)
      let stream = Self.stream(&random, universe: universe, length: 300, batches: false)
      let curve = MissRatioCurve.of(stream.touches.compactMap { $0 }, universe: universe)
      for entries in 0...universe + 2 {
        let rules = CacheRules(
          replacement: .lru, eviction: .onInsert, capacity: Int64(entries))
        let misses = stream.play(rules, universe: universe).misses
        #expect(curve.misses(entries: entries) == misses, "\(entries) of \(universe)")
      }
    }
  }
}
