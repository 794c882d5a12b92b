/// How a cache of entries behaves.
public struct CacheRules: Sendable, Hashable {
  /// Which entry leaves when there is no room.
  public enum Replacement: String, CaseIterable, Sendable {
    /// The one touched longest ago.
    case lru
    /// The one touched least often since it came in; among equals the one touched longest ago.
    case lfu
    /// Every entry that was not touched in the last `window` batches, at once.
    case window
    /// The one whose next touch is farthest away: Belady's optimum, a bound that no policy beats.
    case belady
  }

  /// When entries leave.
  public enum Eviction: String, CaseIterable, Sendable {
    /// As soon as an insertion overfills the cache.
    case onInsert = "on-insert"
    /// After all touches of one batch (one layer of one step); until then it may hold more.
    case endOfBatch = "end-of-step"
  }

  public var replacement: Replacement
  public var eviction: Eviction
  /// Room, in the unit of the entries' weights (entries or bytes).
  public var capacity: Int64
  /// Batches that an entry outlives its last touch under `window`.
  public var window: Int
  /// Entries with ids below this never leave: attention sinks.
  public var pinnedBelow: Int

  public init(
    replacement: Replacement, eviction: Eviction, capacity: Int64, window: Int = 0,
    pinnedBelow: Int = 0
  ) {
    self.replacement = replacement
    self.eviction = eviction
    self.capacity = capacity
    self.window = window
    self.pinnedBelow = pinnedBelow
  }
}
