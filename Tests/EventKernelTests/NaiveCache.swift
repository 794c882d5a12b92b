import EventKernel

/// The rules of a cache played by brute force over a list: slow, and written from the rules alone.
struct NaiveCache {
  struct Resident {
    var entry: Int
    var lastTouch: Int
    var touches = 1
    var batch: Int
    var nextTouch: Int64
  }

  let rules: CacheRules
  let weights: [Int64]
  var residents: [Resident] = []
  private var clock = 0
  private var batch = 0

  init(_ rules: CacheRules, weights: [Int64]) {
    self.rules = rules
    self.weights = weights
  }

  func weight(_ entry: Int) -> Int64 { weights.count == 1 ? weights[0] : weights[entry] }
  var used: Int64 { residents.reduce(0) { $0 + weight($1.entry) } }

  mutating func touch(_ entry: Int, nextTouch: Int64) -> Bool {
    clock += 1
    if let at = residents.firstIndex(where: { $0.entry == entry }) {
      residents[at].lastTouch = clock
      residents[at].touches += 1
      residents[at].batch = batch
      residents[at].nextTouch = nextTouch
      return true
    }
    residents.append(
      Resident(entry: entry, lastTouch: clock, batch: batch, nextTouch: nextTouch))
    if rules.eviction == .onInsert { trim(keeping: entry) }
    return false
  }

  mutating func endBatch() {
    if rules.replacement == .window {
      residents.removeAll {
        $0.entry >= rules.pinnedBelow && batch - $0.batch >= rules.window
      }
    }
    if rules.eviction == .endOfBatch { trim(keeping: nil) }
    batch += 1
  }

  private mutating func trim(keeping kept: Int?) {
    while used > rules.capacity {
      var movable = residents.filter { $0.entry >= rules.pinnedBelow }
      if rules.replacement != .belady, movable.contains(where: { $0.entry != kept }) {
        movable.removeAll { $0.entry == kept }
      }
      let leaving = movable.min { a, b in
        switch rules.replacement {
        case .lru, .window: a.lastTouch < b.lastTouch
        case .lfu: (a.touches, a.lastTouch) < (b.touches, b.lastTouch)
        case .belady: (-a.nextTouch, a.entry) < (-b.nextTouch, b.entry)
        }
      }
      guard let leaving else { return }
      residents.removeAll { $0.entry == leaving.entry }
    }
  }
}
