/// A block of an index that moved from one tier to another.
struct BlockMove {
  var block: UInt64
  var from: UInt8
  var to: UInt8
}

/// What holding a prompt's leading resident blocks would take.
struct PrefixLook {
  var hits = PrefixHits()
  /// Blocks of them that no request holds yet: each needs its pages in the fastest tier.
  var unheld = 0
}

extension PrefixIndex {
  /// What `pin` would find; changes nothing.
  func look(_ blocks: ArraySlice<UInt64>) -> PrefixLook {
    var look = PrefixLook()
    for block in blocks {
      guard let node = table[block] else { break }
      look.hits.byTier[Int(tiers[Int(node)])] += 1
      if pins[Int(node)] == 0 { look.unheld += 1 }
    }
    return look
  }

  /// What a caller noted of a block; -1 for nothing, or where the block is not resident.
  func mark(of block: UInt64) -> Int32 {
    table[block].map { marks[Int($0)] } ?? -1
  }

  mutating func mark(_ block: UInt64, _ mark: Int32) {
    if let node = table[block] { marks[Int(node)] = mark }
  }
}
