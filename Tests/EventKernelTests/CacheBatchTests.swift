import EventKernel
import Testing

/// A batch of touches is the same as its touches one by one, under every rule.
@Suite struct CacheBatchTests {
  @Test(arguments: CacheRules.Replacement.allCases, CacheRules.Eviction.allCases)
  func batchesEqualSingleTouches(
    _ replacement: CacheRules.Replacement, _ eviction: CacheRules.Eviction
  ) {
    let rules = CacheRules(
      replacement: replacement, eviction: eviction, capacity: 12, window: 2, pinnedBelow: 2)
    let (base, universe) = (4, 40)
    let weights = (0..<universe).map { Int64(1 + $0 % 3) }
    let batched = EntryCache(rules, universe: universe, weights: weights)
    let single = EntryCache(rules, universe: universe, weights: weights)
    var state: UInt64 = 7
    var (missed, hit) = (0, 0)
    for _ in 0..<300 {
      var ids: [Int32] = []
      var next: [Int64] = []
      for _ in 0..<5 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        ids.append(Int32((state >> 33) % UInt64(universe - base)) / 2)
        next.append(Int64((state >> 40) % 1000))
      }
      var expected = 0
      for (id, touch) in zip(ids, next)
      where !single.touch(base + Int(id), nextTouch: touch) { expected += 1 }
      let found = ids.withUnsafeBufferPointer { ids in
        next.withUnsafeBufferPointer {
          batched.touch(ids, from: base, nextTouches: $0.baseAddress)
        }
      }
      #expect(found == expected)
      missed += found
      hit += ids.count - found
      single.endBatch()
      batched.endBatch()
      #expect(batched.used == single.used)
      #expect(batched.peak == single.peak)
      for entry in 0..<universe { #expect(batched.contains(entry) == single.contains(entry)) }
    }
    #expect(missed > 0 && hit > 0)
  }
}
