/// What an `EntryCache` holds and when entries leave it. Copies share their memory, which the cache
/// gives back.
struct CacheState {
  let rules: CacheRules
  let universe: Int
  private let weights: UnsafeMutablePointer<Int64>
  private let isUniform: Bool
  private let recency: RecencyList
  private var order: LeavingOrder
  private let lastBatch: UnsafeMutablePointer<Int32>
  private(set) var used: Int64 = 0
  private(set) var peak: Int64 = 0
  private var batch: Int32 = 0
  private var stamps: Int64 = 0

  init(_ rules: CacheRules, universe: Int, weights: [Int64]) {
    self.rules = rules
    self.universe = universe
    isUniform = weights.count == 1
    self.weights = .allocate(capacity: max(1, weights.count))
    self.weights.initialize(from: weights, count: weights.count)
    recency = RecencyList(universe: universe)
    let ordered = rules.replacement == .lfu || rules.replacement == .belady
    order = LeavingOrder(universe: ordered ? universe : 0)
    let windowed = rules.replacement == .window ? universe : 0
    lastBatch = .allocate(capacity: max(1, windowed))
    lastBatch.initialize(repeating: -1, count: max(1, windowed))
  }

  func deallocate() {
    weights.deallocate()
    recency.deallocate()
    order.deallocate()
    lastBatch.deallocate()
  }

  @inline(__always)
  func contains(_ entry: Int) -> Bool { recency.contains(entry) }

  @inline(__always)
  func weight(of entry: Int) -> Int64 { weights[isUniform ? 0 : entry] }

  @inline(__always)
  mutating func touch(_ entry: Int, _ nextTouch: Int64) -> Bool {
    guard recency.contains(entry) else {
      insert(entry, nextTouch)
      return false
    }
    if entry >= rules.pinnedBelow { recency.moveToNewest(entry) }
    switch rules.replacement {
    case .lru: break
    case .window: lastBatch[entry] = batch
    case .lfu: order.update(entry, key: order.key(entry) + 1, tie: stamp())
    case .belady: order.update(entry, key: -nextTouch, tie: 0)
    }
    return true
  }

  @inline(__always)
  mutating func insert(_ entry: Int, _ nextTouch: Int64) {
    used += weight(of: entry)
    recency.add(entry, pinned: entry < rules.pinnedBelow)
    if rules.replacement == .window { lastBatch[entry] = batch }
    if entry >= rules.pinnedBelow {
      switch rules.replacement {
      case .lru, .window: break
      case .lfu: order.insert(entry, key: 1, tie: stamp())
      case .belady: order.insert(entry, key: -nextTouch, tie: 0)
      }
    }
    if rules.eviction == .onInsert { trim(keeping: entry) }
    peak = max(peak, used)
  }

  mutating func endBatch() {
    if rules.replacement == .window {
      while let oldest = recency.oldest, batch - lastBatch[oldest] >= Int32(rules.window) {
        remove(oldest)
      }
    }
    if rules.eviction == .endOfBatch { trim(keeping: -1) }
    batch += 1
  }

  private mutating func stamp() -> Int64 {
    stamps += 1
    return stamps
  }

  /// Lets entries leave until the rest fits; `kept` stays unless it is all that is left.
  @inline(__always)
  private mutating func trim(keeping kept: Int) {
    while used > rules.capacity, let leaving = nextToLeave(keeping: kept) { remove(leaving) }
  }

  @inline(__always)
  private func nextToLeave(keeping kept: Int) -> Int? {
    switch rules.replacement {
    case .lru, .window:
      guard let oldest = recency.oldest else { return nil }
      return oldest == kept ? recency.newer(than: oldest) ?? oldest : oldest
    case .lfu: return order.least(except: kept)
    // Belady may also refuse the newcomer: if its next touch is farthest, it leaves at once.
    case .belady: return order.least(except: -1)
    }
  }

  @inline(__always)
  private mutating func remove(_ entry: Int) {
    used -= weight(of: entry)
    recency.remove(entry)
    if rules.replacement == .lfu || rules.replacement == .belady { order.remove(entry) }
  }
}
