/// LRU stack distances of one stream of touches, one touch at a time.
///
/// The distance of a touch is the number of distinct other entries touched since the entry's last
/// touch; an LRU cache of more entries than that holds it. Each entry's last touch is one bit on a
/// time line, so that the distance is a population count; the time line is compacted when full.
///
/// Source: Mattson, Gecsei, Slutz, Traiger, "Evaluation techniques for storage hierarchies",
/// IBM Systems Journal 9(2), 1970.
///
/// - Complexity: a touch counts one block of 16 words and one number for each newer block of 1,024
///   touches; compaction adds a constant on average.
public final class StackDistance {
  /// The distance of a first touch.
  public static let cold = -1

  private static let blockWords = 16
  private let universe: Int
  private let slots: Int
  private let words: UnsafeMutablePointer<UInt64>
  private let blocks: UnsafeMutablePointer<Int32>
  private let entryAt: UnsafeMutablePointer<Int32>
  private let lastSlot: UnsafeMutablePointer<Int32>
  private var now = 0

  /// - Parameter universe: entries are 0..<universe; at most 2²⁸.
  public init(universe: Int) {
    precondition(universe >= 0 && universe <= 1 << 28)
    self.universe = universe
    slots = ((max(1024, 4 * universe) + 1023) / 1024) * 1024
    words = .allocate(capacity: slots / 64)
    words.initialize(repeating: 0, count: slots / 64)
    blocks = .allocate(capacity: slots / 1024)
    blocks.initialize(repeating: 0, count: slots / 1024)
    entryAt = .allocate(capacity: slots)
    entryAt.initialize(repeating: 0, count: slots)
    lastSlot = .allocate(capacity: max(1, universe))
    lastSlot.initialize(repeating: -1, count: max(1, universe))
  }

  deinit {
    words.deallocate()
    blocks.deallocate()
    entryAt.deallocate()
    lastSlot.deallocate()
  }

  /// Touches `entry` and returns its distance, or `cold` for a first touch.
  /// - Precondition: `entry` is below the universe.
  public func touch(_ entry: Int) -> Int {
    precondition(entry >= 0 && entry < universe)
    if now == slots { compact() }
    let last = Int(lastSlot[entry])
    var distance = StackDistance.cold
    if last >= 0 {
      distance = newer(than: last)
      words[last >> 6] &= ~(1 << UInt64(last & 63))
      blocks[last >> 10] &-= 1
    }
    words[now >> 6] |= 1 << UInt64(now & 63)
    blocks[now >> 10] &+= 1
    entryAt[now] = Int32(truncatingIfNeeded: entry)
    lastSlot[entry] = Int32(truncatingIfNeeded: now)
    now &+= 1
    return distance
  }

  /// The distance that a touch of `entry` would have now, or `cold`.
  /// - Precondition: `entry` is below the universe.
  public func distance(of entry: Int) -> Int {
    precondition(entry >= 0 && entry < universe)
    let last = Int(lastSlot[entry])
    return last >= 0 ? newer(than: last) : StackDistance.cold
  }

  private func newer(than slot: Int) -> Int {
    let word = slot >> 6
    var count = (words[word] >> UInt64(slot & 63)).nonzeroBitCount &- 1
    let blockEnd = min((word | (StackDistance.blockWords - 1)) + 1, (now + 63) >> 6)
    var next = word &+ 1
    while next < blockEnd {
      count &+= words[next].nonzeroBitCount
      next &+= 1
    }
    var block = slot >> 10 &+ 1
    let lastBlock = (now &- 1) >> 10
    while block <= lastBlock {
      count &+= Int(blocks[block])
      block &+= 1
    }
    return count
  }

  private func compact() {
    var to = 0
    for slot in 0..<slots where words[slot >> 6] >> UInt64(slot & 63) & 1 == 1 {
      let entry = entryAt[slot]
      entryAt[to] = entry
      lastSlot[Int(entry)] = Int32(truncatingIfNeeded: to)
      to += 1
    }
    for word in 0..<slots / 64 {
      let filled = min(64, max(0, to - word * 64))
      words[word] = filled == 64 ? .max : (1 << UInt64(filled)) &- 1
    }
    for block in 0..<slots / 1024 {
      blocks[block] = Int32(min(1024, max(0, to - block * 1024)))
    }
    now = to
  }
}
