import Policies
import Traces

/// How far back every touch of a walk was touched last, cache by cache: the misses of an LRU cache of
/// any capacity from one walk.
///
/// An LRU cache of c entries misses a touch when c or more other entries were touched since the last
/// time, or when there was none (Mattson and others, IBM Systems Journal 9(2), 1970). Where entries
/// leave at the end of a batch only, what counts is how far back an entry stood when the batch began.
final class TouchDistances {
  private static let cold = Int32.max

  private let residency: Residency
  private let layers: Int
  private let heads: Int
  private let universe: Int
  private let caches: [StackDistance]
  private var distances: [Int32] = []
  /// Where each batch, a layer of a step, begins in `distances`; and the end of the last.
  private var starts: [Int] = [0]
  /// Entries that the batch's cache had seen before it; of walks with one head.
  private var seenBefore: [Int32] = []
  private var seen: [Int32]
  /// Touches of the batch at hand, where they count from its beginning.
  private var pending: [(cache: Int, entry: Int)] = []

  /// Whether one walk says what a cache misses: nothing else than touches moves its entries, and all
  /// take the same room.
  static func decide(_ residency: Residency, prefetches: Bool) -> Bool {
    residency.replace == .lru && residency.pinned == 0 && residency.start == .empty && !prefetches
  }

  init(_ residency: Residency, layers: Int, heads: Int, universe: Int) {
    self.residency = residency
    self.layers = layers
    self.heads = heads
    self.universe = universe
    switch residency.scope {
    case .global: caches = [StackDistance(universe: layers * heads * universe)]
    case .perLayer: caches = (0..<layers).map { _ in StackDistance(universe: heads * universe) }
    case .perHead: caches = (0..<layers * heads).map { _ in StackDistance(universe: universe) }
    }
    seen = Array(repeating: 0, count: caches.count)
  }

  private func place(_ layer: Int, _ head: Int) -> (cache: Int, first: Int) {
    switch residency.scope {
    case .global: (0, (layer * heads + head) * universe)
    case .perLayer: (layer, head * universe)
    case .perHead: (layer * heads + head, 0)
    }
  }

  func touch(layer: Int, head: Int, ids: UnsafeBufferPointer<Int32>) {
    let at = place(layer, head)
    for id in ids {
      guard residency.evict == .onInsert else {
        pending.append((at.cache, at.first + Int(id)))
        continue
      }
      take(caches[at.cache].touch(at.first + Int(id)), at.cache)
    }
  }

  /// Ends the touches of one layer in one step.
  func endLayer(_ layer: Int) {
    let cache = place(layer, 0).cache
    seenBefore.append(seen[cache])
    for touch in pending { take(caches[touch.cache].distance(of: touch.entry), touch.cache) }
    for touch in pending { _ = caches[touch.cache].touch(touch.entry) }
    pending.removeAll(keepingCapacity: true)
    if residency.evict == .onInsert { seenBefore[seenBefore.count - 1] = seen[cache] }
    starts.append(distances.count)
  }

  private func take(_ distance: Int, _ cache: Int) {
    distances.append(distance == StackDistance.cold ? Self.cold : Int32(clamping: distance))
    if distance == StackDistance.cold { seen[cache] += 1 }
  }

  /// Misses of each batch of caches with room for so many entries.
  func misses(capacity: Int64) -> [Int32] {
    let room = Int32(clamping: max(0, capacity))
    var misses: [Int32] = []
    misses.reserveCapacity(starts.count - 1)
    distances.withUnsafeBufferPointer { distances in
      for batch in 0..<starts.count - 1 {
        var missed: Int32 = 0
        for place in starts[batch]..<starts[batch + 1] {
          missed &+= distances[place] >= room ? 1 : 0
        }
        misses.append(missed)
      }
    }
    return misses
  }

  /// The most entries that all caches held together, each at its fullest.
  /// - Precondition: the walk has one head.
  func peak(capacity: Int64, misses: [Int32]) -> Int64 {
    let room = Int32(clamping: max(0, capacity))
    var peaks = [Int32](repeating: 0, count: caches.count)
    for batch in misses.indices {
      let cache = place(batch % layers, 0).cache
      let held = min(room, seenBefore[batch])
      // What leaves at the end of a batch lies beside what the batch brought in.
      let most =
        residency.evict == .onInsert ? held : misses[batch] > 0 ? held + misses[batch] : 0
      peaks[cache] = max(peaks[cache], most)
    }
    return peaks.reduce(0) { $0 + Int64($1) }
  }
}
