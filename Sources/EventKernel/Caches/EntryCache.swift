/// A cache over entries `0..<universe`, touched one after another in batches.
///
/// All state is in flat memory of `universe` entries; a touch allocates nothing. Under LRU and
/// window a touch is O(1); under LFU and Belady it is O(1) plus O(log residents) for each change of
/// the order of leaving.
///
/// An entry inserted during a batch with `endOfBatch` eviction never leaves in that batch's
/// trimming if it was touched by the batch and the rest suffices.
///
/// Read next: `CacheState`, which holds the rules.
public final class EntryCache {
  // A pointer, so that a touch is spared the checks of exclusive access to a class's property.
  private let state: UnsafeMutablePointer<CacheState>

  /// - Parameters:
  ///   - universe: ids are `0..<universe`; at most 2³¹ - 2.
  ///   - weights: what each entry takes of the capacity; one element stands for all entries.
  /// - Precondition: weights are positive and either one or `universe` many.
  public init(_ rules: CacheRules, universe: Int, weights: [Int64] = [1]) {
    precondition(weights.count == 1 || weights.count == universe)
    precondition(universe >= 0 && universe < Int(Int32.max))
    state = .allocate(capacity: 1)
    state.initialize(to: CacheState(rules, universe: universe, weights: weights))
  }

  deinit {
    state.pointee.deallocate()
    state.deallocate()
  }

  public var rules: CacheRules { state.pointee.rules }
  public var universe: Int { state.pointee.universe }
  /// Room taken by what is resident.
  public var used: Int64 { state.pointee.used }
  /// The most that was ever held, counted before an eviction at the end of a batch.
  public var peak: Int64 { state.pointee.peak }

  public func contains(_ entry: Int) -> Bool { state.pointee.contains(checked(entry)) }

  /// What an entry takes of the capacity.
  public func weight(of entry: Int) -> Int64 { state.pointee.weight(of: checked(entry)) }

  /// Touches an entry and returns whether it was there.
  ///
  /// - Parameter nextTouch: under Belady, the position of its next touch (`Int64.max` for never).
  public func touch(_ entry: Int, nextTouch: Int64 = .max) -> Bool {
    state.pointee.touch(checked(entry), nextTouch)
  }

  /// Touches `base + id` for each of `ids` in order and returns how many were not there.
  ///
  /// - Parameters:
  ///   - nextTouches: under Belady, for each touch the position of the next one of its entry.
  /// - Precondition: every `base + id` is below the universe.
  public func touch(
    _ ids: UnsafeBufferPointer<Int32>, from base: Int = 0,
    nextTouches: UnsafePointer<Int64>? = nil
  ) -> Int {
    var working = state.pointee
    var missed = 0
    for (index, id) in ids.enumerated() {
      let hit = working.touch(checked(base + Int(id)), nextTouches?[index] ?? .max)
      missed += hit ? 0 : 1
    }
    state.pointee = working
    return missed
  }

  /// Puts an entry in without counting as a touch of it by the workload: a prefetch. False when it
  /// was there.
  public func prefetch(_ entry: Int) -> Bool {
    guard !state.pointee.contains(checked(entry)) else { return false }
    state.pointee.insert(entry, .max)
    return true
  }

  /// Ends a batch: entries leave now if the rules say so.
  public func endBatch() { state.pointee.endBatch() }

  @inline(__always)
  private func checked(_ entry: Int) -> Int {
    precondition(
      entry >= 0 && entry < state.pointee.universe, "an entry outside of the cache's universe")
    return entry
  }
}
