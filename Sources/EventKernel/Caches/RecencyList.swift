/// A doubly linked list over entry ids, oldest first, in flat arrays. Pinned entries are present
/// but not linked, so that they are never the oldest.
struct RecencyList {
  private static let absent: Int32 = -2
  private static let pinned: Int32 = -3
  private var older: [Int32]
  private var newer: [Int32]
  private let head: Int

  init(universe: Int) {
    head = universe
    older = Array(repeating: Self.absent, count: universe + 1)
    newer = Array(repeating: Self.absent, count: universe + 1)
    older[head] = Int32(head)
    newer[head] = Int32(head)
  }

  @inline(__always)
  func contains(_ entry: Int) -> Bool { older[entry] != Self.absent }

  var oldest: Int? {
    let entry = Int(newer[head])
    return entry == head ? nil : entry
  }

  func newer(than entry: Int) -> Int? {
    let next = Int(newer[entry])
    return next == head ? nil : next
  }

  mutating func add(_ entry: Int, pinned: Bool) {
    if pinned {
      older[entry] = Self.pinned
    } else {
      link(entry)
    }
  }

  mutating func moveToNewest(_ entry: Int) {
    unlink(entry)
    link(entry)
  }

  mutating func remove(_ entry: Int) {
    if older[entry] != Self.pinned { unlink(entry) }
    older[entry] = Self.absent
  }

  private mutating func link(_ entry: Int) {
    let last = older[head]
    older[entry] = last
    newer[entry] = Int32(head)
    newer[Int(last)] = Int32(entry)
    older[head] = Int32(entry)
  }

  private mutating func unlink(_ entry: Int) {
    let (before, after) = (older[entry], newer[entry])
    newer[Int(before)] = after
    older[Int(after)] = before
  }
}
