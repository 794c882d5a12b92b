import EventKernel
import Policies

/// The caches of one site over layers and heads: one for each, or one for all.
struct CacheArray {
  private let scope: Residency.Scope
  private let heads: Int
  private let universe: Int
  private let caches: [EntryCache]
  private var streams: [TouchStream] = []
  private var cursor: [Int] = []
  private let foresees: Bool

  /// - Parameters:
  ///   - universe: ids of one (layer, head), `0..<universe`.
  ///   - weights: what an id of a layer takes of the capacity; one element a layer.
  ///   - capacity: room of one cache, in the unit of `weights`.
  init(
    _ residency: Residency, layers: Int, heads: Int, universe: Int, weights: [Int64],
    capacity: Int64
  ) {
    scope = residency.scope
    self.heads = heads
    self.universe = universe
    foresees = residency.replace == .belady
    let rules = CacheRules(
      replacement: residency.replace, eviction: residency.evict, capacity: capacity,
      window: residency.window, pinnedBelow: residency.pinned)
    switch scope {
    case .global:
      let all = weights.flatMap { Array(repeating: $0, count: heads * universe) }
      caches = [EntryCache(rules, universe: layers * heads * universe, weights: all)]
    case .perLayer:
      caches = (0..<layers).map {
        EntryCache(rules, universe: heads * universe, weights: [weights[$0]])
      }
    case .perHead:
      caches = (0..<layers * heads).map {
        EntryCache(rules, universe: universe, weights: [weights[$0 / heads]])
      }
    }
    if residency.start == .full { fill(capacity: capacity) }
    if foresees {
      streams = Array(repeating: TouchStream(), count: caches.count)
      cursor = Array(repeating: 0, count: caches.count)
    }
  }

  private func fill(capacity: Int64) {
    for c in caches.indices {
      var entry = 0
      while caches[c].used < capacity, entry < caches[c].universe {
        guard caches[c].used + caches[c].weight(of: entry) <= capacity else { break }
        _ = caches[c].prefetch(entry)
        entry += 1
      }
    }
  }

  /// The cache of a layer and head, and its entry for their id 0.
  @inline(__always)
  private func place(_ layer: Int, _ head: Int) -> (cache: Int, first: Int) {
    switch scope {
    case .global: (0, (layer * heads + head) * universe)
    case .perLayer: (layer, head * universe)
    case .perHead: (layer * heads + head, 0)
    }
  }

  var needsForesight: Bool { foresees }

  /// Tells a foreseeing policy of the touches of one layer and head before any is made.
  mutating func foresee(layer: Int, head: Int, ids: UnsafeBufferPointer<Int32>) {
    let at = place(layer, head)
    for id in ids { streams[at.cache].append(at.first + Int(id)) }
  }

  mutating func lookAhead() {
    for c in streams.indices { streams[c].lookAhead(universe: caches[c].universe) }
  }

  /// Touches entries of one layer and head in order and returns how many were missing.
  mutating func touch(layer: Int, head: Int, ids: UnsafeBufferPointer<Int32>) -> Int {
    let at = place(layer, head)
    guard foresees else { return caches[at.cache].touch(ids, from: at.first) }
    let next = cursor[at.cache]
    cursor[at.cache] += ids.count
    return streams[at.cache].nextTouch.withUnsafeBufferPointer {
      caches[at.cache].touch(ids, from: at.first, nextTouches: $0.baseAddress.map { $0 + next })
    }
  }

  /// Brings an entry in on a guess; false when it was there.
  func prefetch(layer: Int, head: Int, id: Int) -> Bool {
    let at = place(layer, head)
    return caches[at.cache].prefetch(at.first + id)
  }

  /// Ends the touches of one layer in one step.
  func endLayer(_ layer: Int) {
    switch scope {
    case .global: caches[0].endBatch()
    case .perLayer: caches[layer].endBatch()
    case .perHead:
      for head in 0..<heads { caches[layer * heads + head].endBatch() }
    }
  }

  /// The most that all caches held, in the unit of the weights.
  var peak: Int64 { caches.reduce(0) { $0 + $1.peak } }
}
