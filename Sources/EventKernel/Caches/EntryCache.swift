/// A cache over entries `0..<universe`, touched one after another in batches.
///
/// All state is in flat arrays of `universe` entries; a touch allocates nothing. Under LRU and
/// window a touch is O(1); under LFU and Belady it is O(1) plus O(log residents) for each change of
/// the order of leaving.
///
/// An entry inserted during a batch with `endOfBatch` eviction never leaves in that batch's
/// trimming if it was touched by the batch and the rest suffices.
public struct EntryCache {
  public let rules: CacheRules
  /// Ids are `0..<universe`.
  public let universe: Int
  @usableFromInline let weights: [Int64]
  private var recency: RecencyList
  private var order: LeavingOrder
  private var lastBatch: [Int32]
  public private(set) var used: Int64 = 0
  /// The most that was ever held, counted before an eviction at the end of a batch.
  public private(set) var peak: Int64 = 0
  private var batch: Int32 = 0

  /// - Parameters:
  ///   - weights: what each entry takes of the capacity; one element stands for all entries.
  /// - Precondition: weights are positive and either one or `universe` many.
  public init(_ rules: CacheRules, universe: Int, weights: [Int64] = [1]) {
    precondition(weights.count == 1 || weights.count == universe)
    self.rules = rules
    self.universe = universe
    self.weights = weights
    recency = RecencyList(universe: universe)
    order = LeavingOrder(
      universe: rules.replacement == .lfu || rules.replacement == .belady ? universe : 0)
    lastBatch = Array(repeating: -1, count: universe)
  }

  public func contains(_ entry: Int) -> Bool { recency.contains(entry) }

  /// Touches an entry and returns whether it was there.
  ///
  /// - Parameter nextTouch: under Belady, the position of its next touch (`Int64.max` for never).
  @inlinable
  public mutating func touch(_ entry: Int, nextTouch: Int64 = .max) -> Bool {
    if bringForward(entry, nextTouch) { return true }
    insert(entry, nextTouch)
    return false
  }

  /// Puts an entry in without counting as a touch of it by the workload: a prefetch.
  public mutating func prefetch(_ entry: Int) -> Bool {
    guard !contains(entry) else { return false }
    insert(entry, .max)
    return true
  }

  /// Ends a batch: entries leave now if the rules say so.
  public mutating func endBatch() {
    if rules.replacement == .window {
      while let oldest = recency.oldest, batch - lastBatch[oldest] >= Int32(rules.window) {
        remove(oldest)
      }
    }
    if rules.eviction == .endOfBatch { trim(keeping: -1) }
    batch += 1
  }

  @usableFromInline
  mutating func bringForward(_ entry: Int, _ nextTouch: Int64) -> Bool {
    guard recency.contains(entry) else { return false }
    if entry >= rules.pinnedBelow { recency.moveToNewest(entry) }
    lastBatch[entry] = batch
    switch rules.replacement {
    case .lru, .window: break
    case .lfu: order.update(entry, key: order.key(entry) + 1, tie: stamp())
    case .belady: order.update(entry, key: -nextTouch, tie: 0)
    }
    return true
  }

  @usableFromInline
  mutating func insert(_ entry: Int, _ nextTouch: Int64) {
    used += weight(of: entry)
    lastBatch[entry] = batch
    recency.add(entry, pinned: entry < rules.pinnedBelow)
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

  private var stamps: Int64 = 0
  private mutating func stamp() -> Int64 {
    stamps += 1
    return stamps
  }

  /// What an entry takes of the capacity.
  public func weight(of entry: Int) -> Int64 {
    weights.count == 1 ? weights[0] : weights[entry]
  }

  /// Lets entries leave until the rest fits; `kept` stays unless it is all that is left.
  private mutating func trim(keeping kept: Int) {
    while used > rules.capacity, let leaving = nextToLeave(keeping: kept) { remove(leaving) }
  }

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

  private mutating func remove(_ entry: Int) {
    used -= weight(of: entry)
    recency.remove(entry)
    if rules.replacement == .lfu || rules.replacement == .belady { order.remove(entry) }
  }
}
