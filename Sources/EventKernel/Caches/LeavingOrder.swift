/// A binary heap of entry ids by (key, tie), least first, with a place for each id so that keys can
/// change: O(log n) for each change.
struct LeavingOrder {
  private var heap: [Int32] = []
  private var place: [Int32]
  private var keys: [Int64]
  private var ties: [Int64]

  init(universe: Int) {
    place = Array(repeating: -1, count: universe)
    keys = Array(repeating: 0, count: universe)
    ties = Array(repeating: 0, count: universe)
    heap.reserveCapacity(universe)
  }

  func key(_ entry: Int) -> Int64 { keys[entry] }

  mutating func insert(_ entry: Int, key: Int64, tie: Int64) {
    keys[entry] = key
    ties[entry] = tie
    place[entry] = Int32(heap.count)
    heap.append(Int32(entry))
    rise(heap.count - 1)
  }

  mutating func update(_ entry: Int, key: Int64, tie: Int64) {
    guard place[entry] >= 0 else { return }
    keys[entry] = key
    ties[entry] = tie
    rise(Int(place[entry]))
    sink(Int(place[entry]))
  }

  mutating func remove(_ entry: Int) {
    let hole = Int(place[entry])
    guard hole >= 0 else { return }
    place[entry] = -1
    let last = heap.removeLast()
    guard hole < heap.count else { return }
    heap[hole] = last
    place[Int(last)] = Int32(hole)
    rise(hole)
    sink(Int(place[Int(last)]))
  }

  /// The entry with the least key, or the next one when that is `except`.
  func least(except: Int) -> Int? {
    guard let first = heap.first.map(Int.init) else { return nil }
    guard first == except else { return first }
    let others = heap.dropFirst().prefix(2).map(Int.init)
    return others.min { isLess($0, $1) } ?? first
  }

  private func isLess(_ a: Int, _ b: Int) -> Bool {
    (keys[a], ties[a], a) < (keys[b], ties[b], b)
  }

  private mutating func rise(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard isLess(Int(heap[child]), Int(heap[parent])) else { return }
      exchange(child, parent)
      child = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if isLess(Int(heap[child]), Int(heap[least])) { least = child }
      }
      guard least != parent else { return }
      exchange(parent, least)
      parent = least
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    place[Int(heap[a])] = Int32(a)
    place[Int(heap[b])] = Int32(b)
  }
}
