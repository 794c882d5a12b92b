/// Which number each block's identity has: an open-addressing hash table in two flat arrays.
///
/// Slots are probed one after another from the identity's own; removal moves later entries back, so
/// there are no marks of removed ones and look-ups stay short. At most half of the slots are used.
struct BlockTable {
  private static let empty: Int32 = -1
  private var identities: [UInt64]
  private var numbers: [Int32]
  private(set) var count = 0

  init() {
    identities = Array(repeating: 0, count: 16)
    numbers = Array(repeating: Self.empty, count: 16)
  }

  /// The number of a block; nil where it has none.
  subscript(identity: UInt64) -> Int32? {
    let mask = numbers.count - 1
    var slot = Self.slot(identity) & mask
    while numbers[slot] != Self.empty {
      if identities[slot] == identity { return numbers[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// - Precondition: the block has no number yet, and `number` is 0 or more.
  mutating func insert(_ identity: UInt64, _ number: Int32) {
    if 2 * (count + 1) > numbers.count { grow() }
    place(identity, number)
    count += 1
  }

  mutating func remove(_ identity: UInt64) {
    let mask = numbers.count - 1
    var hole = Self.slot(identity) & mask
    while numbers[hole] == Self.empty || identities[hole] != identity {
      if numbers[hole] == Self.empty { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    var slot = (hole + 1) & mask
    while numbers[slot] != Self.empty {
      // An entry may move back to the hole unless its own slot lies after the hole.
      let own = Self.slot(identities[slot]) & mask
      if (slot &- own) & mask >= (slot &- hole) & mask {
        identities[hole] = identities[slot]
        numbers[hole] = numbers[slot]
        hole = slot
      }
      slot = (slot + 1) & mask
    }
    numbers[hole] = Self.empty
  }

  private mutating func place(_ identity: UInt64, _ number: Int32) {
    let mask = numbers.count - 1
    var slot = Self.slot(identity) & mask
    while numbers[slot] != Self.empty { slot = (slot + 1) & mask }
    identities[slot] = identity
    numbers[slot] = number
  }

  private mutating func grow() {
    let (oldIdentities, oldNumbers) = (identities, numbers)
    identities = Array(repeating: 0, count: 2 * oldNumbers.count)
    numbers = Array(repeating: Self.empty, count: 2 * oldNumbers.count)
    for (identity, number) in zip(oldIdentities, oldNumbers) where number != Self.empty {
      place(identity, number)
    }
  }

  /// Logs number blocks one after another: a multiplication by 2^64 over the golden ratio spreads
  /// them (Knuth, The Art of Computer Programming 3, 6.4), and the high bits are the mixed ones.
  private static func slot(_ identity: UInt64) -> Int {
    Int(truncatingIfNeeded: (identity &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
