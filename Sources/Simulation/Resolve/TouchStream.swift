import EventKernel

/// The touches of one cache, in order, in batches: what a policy without foresight sees one by one
/// and Belady's sees at once.
struct TouchStream {
  private(set) var entries: [Int32] = []
  /// `nextTouch[i]`: the position of the next touch of the same entry, or `Int64.max`.
  private(set) var nextTouch: [Int64] = []

  mutating func append(_ entry: Int) { entries.append(Int32(entry)) }

  /// Looks ahead over the whole stream: O(touches).
  mutating func lookAhead(universe: Int) {
    var last = [Int64](repeating: .max, count: universe)
    nextTouch = Array(repeating: .max, count: entries.count)
    for i in stride(from: entries.count - 1, through: 0, by: -1) {
      nextTouch[i] = last[Int(entries[i])]
      last[Int(entries[i])] = Int64(i)
    }
  }
}

/// What a resolve pass counted over the steps that matter and over the whole trace.
public struct CacheStatistics: Sendable, Hashable {
  public var touches = 0
  public var misses = 0
  /// The same from the first step of the trace, warm-up included.
  public var touchesFromStart = 0
  public var missesFromStart = 0
  /// Entries fetched on a guess, and how many of them were then used by the step guessed for.
  public var prefetched = 0
  public var prefetchedUsed = 0
  /// Entries guessed, resident or not, and how many of them were used.
  public var guessed = 0
  public var guessedUsed = 0
  /// The most the caches held at once, in bytes.
  public var peakBytes = 0.0

  public var hitRate: Double? {
    touches > 0 ? 1 - Double(misses) / Double(touches) : nil
  }
  public var hitRateFromStart: Double? {
    touchesFromStart > 0 ? 1 - Double(missesFromStart) / Double(touchesFromStart) : nil
  }
  public var guessAccuracy: Double? {
    guessed > 0 ? Double(guessedUsed) / Double(guessed) : nil
  }
}
