/// A doubly linked list over entry ids, oldest first, in flat memory. Pinned entries are present
/// but not linked, so that they are never the oldest.
struct RecencyList {
  private struct Link {
    var older: Int32
    var newer: Int32
  }

  private static let absent: Int32 = -2
  private static let pinned: Int32 = -3
  /// One link an entry, and one more for both ends of the list.
  private let links: UnsafeMutablePointer<Link>
  private let head: Int

  init(universe: Int) {
    head = universe
    links = .allocate(capacity: universe + 1)
    links.initialize(repeating: Link(older: Self.absent, newer: Self.absent), count: universe)
    links.advanced(by: head).initialize(to: Link(older: Int32(head), newer: Int32(head)))
  }

  func deallocate() { links.deallocate() }

  @inline(__always)
  func contains(_ entry: Int) -> Bool { links[entry].older != Self.absent }

  @inline(__always)
  var oldest: Int? {
    let entry = Int(links[head].newer)
    return entry == head ? nil : entry
  }

  func newer(than entry: Int) -> Int? {
    let next = Int(links[entry].newer)
    return next == head ? nil : next
  }

  @inline(__always)
  func add(_ entry: Int, pinned: Bool) {
    if pinned {
      links[entry].older = Self.pinned
    } else {
      link(entry)
    }
  }

  @inline(__always)
  func moveToNewest(_ entry: Int) {
    guard links[head].older != Int32(truncatingIfNeeded: entry) else { return }
    unlink(entry)
    link(entry)
  }

  @inline(__always)
  func remove(_ entry: Int) {
    if links[entry].older != Self.pinned { unlink(entry) }
    links[entry].older = Self.absent
  }

  @inline(__always)
  private func link(_ entry: Int) {
    let last = links[head].older
    links[entry] = Link(older: last, newer: Int32(truncatingIfNeeded: head))
    links[Int(last)].newer = Int32(truncatingIfNeeded: entry)
    links[head].older = Int32(truncatingIfNeeded: entry)
  }

  @inline(__always)
  private func unlink(_ entry: Int) {
    let link = links[entry]
    links[Int(link.older)].newer = link.newer
    links[Int(link.newer)].older = link.older
  }
}
