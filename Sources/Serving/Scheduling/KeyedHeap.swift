/// Requests by a key, the least first, and of equal keys the one that arrived first.
struct KeyedHeap {
  struct Entry {
    var key: Int64
    var request: Int32

    @inline(__always)
    static func < (a: Entry, b: Entry) -> Bool {
      a.key != b.key ? a.key < b.key : a.request < b.request
    }
  }

  private var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  var first: Entry? { entries.first }

  mutating func push(_ key: Int64, _ request: Int32) {
    entries.append(Entry(key: key, request: request))
    var place = entries.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard entries[place] < entries[parent] else { return }
      entries.swapAt(place, parent)
      place = parent
    }
  }

  mutating func removeFirst() {
    let last = entries.removeLast()
    guard !entries.isEmpty else { return }
    entries[0] = last
    var place = 0
    while true {
      var least = place
      let (left, right) = (2 * place + 1, 2 * place + 2)
      if left < entries.count, entries[left] < entries[least] { least = left }
      if right < entries.count, entries[right] < entries[least] { least = right }
      guard least != place else { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}
