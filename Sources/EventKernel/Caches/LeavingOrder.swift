/// A binary heap of entry ids by (key, tie), least first, with a place for each id so that keys can
/// change: O(log n) for each change.
struct LeavingOrder {
  private let heap: UnsafeMutablePointer<Int32>
  private let place: UnsafeMutablePointer<Int32>
  private let keys: UnsafeMutablePointer<Int64>
  private let ties: UnsafeMutablePointer<Int64>
  private var count = 0

  init(universe: Int) {
    let capacity = max(1, universe)
    heap = .allocate(capacity: capacity)
    heap.initialize(repeating: 0, count: capacity)
    place = .allocate(capacity: capacity)
    place.initialize(repeating: -1, count: capacity)
    keys = .allocate(capacity: capacity)
    keys.initialize(repeating: 0, count: capacity)
    ties = .allocate(capacity: capacity)
    ties.initialize(repeating: 0, count: capacity)
  }

  func deallocate() {
    heap.deallocate()
    place.deallocate()
    keys.deallocate()
    ties.deallocate()
  }

  func key(_ entry: Int) -> Int64 { keys[entry] }

  mutating func insert(_ entry: Int, key: Int64, tie: Int64) {
    keys[entry] = key
    ties[entry] = tie
    place[entry] = Int32(count)
    heap[count] = Int32(entry)
    count += 1
    rise(count - 1)
  }

  func update(_ entry: Int, key: Int64, tie: Int64) {
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
    count -= 1
    let last = heap[count]
    guard hole < count else { return }
    heap[hole] = last
    place[Int(last)] = Int32(hole)
    rise(hole)
    sink(Int(place[Int(last)]))
  }

  /// The entry with the least key, or the next one when that is `except`.
  func least(except: Int) -> Int? {
    guard count > 0 else { return nil }
    let first = Int(heap[0])
    guard first == except, count > 1 else { return first }
    let left = Int(heap[1])
    guard count > 2 else { return left }
    let right = Int(heap[2])
    return isLess(right, left) ? right : left
  }

  private func isLess(_ a: Int, _ b: Int) -> Bool {
    if keys[a] != keys[b] { return keys[a] < keys[b] }
    return ties[a] != ties[b] ? ties[a] < ties[b] : a < b
  }

  private func rise(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard isLess(Int(heap[child]), Int(heap[parent])) else { return }
      exchange(child, parent)
      child = parent
    }
  }

  private func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in (2 * parent + 1)...(2 * parent + 2) where child < count {
        if isLess(Int(heap[child]), Int(heap[least])) { least = child }
      }
      guard least != parent else { return }
      exchange(parent, least)
      parent = least
    }
  }

  private func exchange(_ a: Int, _ b: Int) {
    (heap[a], heap[b]) = (heap[b], heap[a])
    place[Int(heap[a])] = Int32(a)
    place[Int(heap[b])] = Int32(b)
  }
}
