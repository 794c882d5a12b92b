/// A list of entry ids for each of several places, all in one block of memory that is allocated
/// once: walks fill the lists anew at every step.
final class EntryLists {
  let capacity: Int
  private let entries: UnsafeMutablePointer<Int32>
  private let counts: UnsafeMutablePointer<Int>

  /// - Parameter capacity: the most entries that one list holds.
  init(places: Int, capacity: Int) {
    self.capacity = capacity
    entries = .allocate(capacity: max(1, places * capacity))
    entries.initialize(repeating: 0, count: max(1, places * capacity))
    counts = .allocate(capacity: max(1, places))
    counts.initialize(repeating: 0, count: max(1, places))
  }

  deinit {
    entries.deallocate()
    counts.deallocate()
  }

  /// The list of a place, until it is changed.
  subscript(place: Int) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: entries + place * capacity, count: counts[place])
  }

  func clear(_ place: Int) { counts[place] = 0 }

  func append(_ entry: Int32, to place: Int) {
    precondition(counts[place] < capacity, "a list of entries is full")
    entries[place * capacity + counts[place]] = entry
    counts[place] += 1
  }

  /// Replaces the list of a place.
  func set(_ place: Int, to list: UnsafeBufferPointer<Int32>) {
    clear(place)
    for entry in list { append(entry, to: place) }
  }
}

/// Marks on entries that are all taken off at once.
final class EntryMarks {
  private let universe: Int
  private let stamps: UnsafeMutablePointer<UInt32>
  private var current: UInt32 = 1

  init(universe: Int) {
    self.universe = universe
    stamps = .allocate(capacity: max(1, universe))
    stamps.initialize(repeating: 0, count: max(1, universe))
  }

  deinit { stamps.deallocate() }

  /// Takes every mark off.
  func clear() {
    if current == .max {
      stamps.update(repeating: 0, count: max(1, universe))
      current = 0
    }
    current += 1
  }

  /// Marks an entry; false when it was marked before.
  func insert(_ entry: Int) -> Bool {
    precondition(entry >= 0 && entry < universe, "an entry outside of the trace's universe")
    if stamps[entry] == current { return false }
    stamps[entry] = current
    return true
  }

  func contains(_ entry: Int) -> Bool {
    precondition(entry >= 0 && entry < universe, "an entry outside of the trace's universe")
    return stamps[entry] == current
  }
}
