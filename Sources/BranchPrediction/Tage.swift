/// Tables of tagged counters over histories of rising length, the longest that knows the branch answers
/// (Seznec and Michaud, 2006): histories of 5, 11, 24, 53 and 116 outcomes, tables of 1,024 entries with
/// tags of 9 bits beside a table of counters without tags, 8 KB together.
public struct Tage: BranchPredictor, Sendable {
  private struct Entry: Sendable {
    var tag: UInt16 = 0
    var counter: Int8 = 0
    var useful: UInt8 = 0
  }

  /// A history folded into so many bits, brought up to date by what comes in and what goes out.
  private struct Folded: Sendable {
    var value: UInt32 = 0
    let length: Int
    let width: Int

    mutating func push(_ isTaken: Bool, _ out: Bool) {
      value = value << 1 | (isTaken ? 1 : 0)
      value ^= (out ? 1 : 0) << UInt32(length % width)
      value ^= value >> UInt32(width)
      value &= 1 << UInt32(width) - 1
    }
  }

  private static let lengths = [5, 11, 24, 53, 116]
  private static let bits = 10
  private static let tagBits = 9

  private var base = CounterTable(bits: 12)
  private var tables: [[Entry]]
  private var indexes: [Folded]
  private var tags: [Folded]
  /// The last outcomes, around a ring.
  private var ring = [Bool](repeating: false, count: 256)
  private var head = 0
  private var clock = 0
  private var provider = -1
  /// The provider's own guess, and that of the next shorter history that knows the branch.
  private var own = false
  private var other = false
  /// Whether the other is better as long as an entry is new: from 0 on.
  private var trustOther: Int8 = 0
  private var slots = [Int](repeating: 0, count: lengths.count)
  private var wanted = [UInt16](repeating: 0, count: lengths.count)

  public init() {
    tables = Self.lengths.map { _ in [Entry](repeating: Entry(), count: 1 << Self.bits) }
    indexes = Self.lengths.map { Folded(length: $0, width: Self.bits) }
    tags = Self.lengths.map { Folded(length: $0, width: Self.tagBits) }
  }

  public mutating func predict(_ site: UInt32) -> Bool {
    provider = -1
    other = base.isTaken(Int(site))
    var guess = other
    let mixed = site &* 2_654_435_761
    for table in tables.indices {
      slots[table] = Int((mixed >> 12 ^ indexes[table].value) & (1 << UInt32(Self.bits) - 1))
      wanted[table] = UInt16(
        truncatingIfNeeded: (mixed >> 20 ^ tags[table].value << 1) & (1 << UInt32(Self.tagBits) - 1)
      )
      let entry = tables[table][slots[table]]
      if entry.tag == wanted[table] {
        other = guess
        provider = table
        guess = entry.counter >= 0
      }
    }
    own = guess
    return isNew && trustOther >= 0 ? other : own
  }

  /// Whether the provider has not proved itself yet: a weak counter that was never useful.
  private var isNew: Bool {
    guard provider >= 0 else { return false }
    let entry = tables[provider][slots[provider]]
    return entry.useful == 0 && (entry.counter == 0 || entry.counter == -1)
  }

  public mutating func update(_ site: UInt32, isTaken: Bool, predicted: Bool) {
    if provider >= 0 {
      if isNew, own != other {
        trustOther = other == isTaken ? min(7, trustOther + 1) : max(-8, trustOther - 1)
      }
      var entry = tables[provider][slots[provider]]
      entry.counter = isTaken ? min(3, entry.counter + 1) : max(-4, entry.counter - 1)
      if own != other {
        entry.useful =
          own == isTaken ? min(3, entry.useful + 1) : entry.useful - min(1, entry.useful)
      }
      tables[provider][slots[provider]] = entry
    } else {
      base.update(Int(site), isTaken)
    }
    if own != isTaken { allocate(isTaken) }
    clock += 1
    if clock % (1 << 18) == 0 { age() }
    push(isTaken)
  }

  /// A longer history gets an entry, where one is not useful.
  private mutating func allocate(_ isTaken: Bool) {
    for table in (provider + 1)..<max(provider + 1, tables.count) {
      if tables[table][slots[table]].useful == 0 {
        tables[table][slots[table]] = Entry(
          tag: wanted[table], counter: isTaken ? 0 : -1, useful: 0)
        return
      }
      tables[table][slots[table]].useful -= 1
    }
  }

  private mutating func age() {
    for table in tables.indices {
      for slot in tables[table].indices { tables[table][slot].useful >>= 1 }
    }
  }

  private mutating func push(_ isTaken: Bool) {
    ring[head] = isTaken
    for table in tables.indices {
      let out = ring[(head - Self.lengths[table] + ring.count) % ring.count]
      indexes[table].push(isTaken, out)
      tags[table].push(isTaken, out)
    }
    head = (head + 1) % ring.count
  }
}
