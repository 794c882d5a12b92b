import Costs
import Diagnostics
import Programs
import Quantities

/// Spans of every operation at every count from the smallest that it meets to
/// the largest, in flat arrays.
struct PriceTables: Sendable {
  /// Of one operation of a block.
  struct Entry: Sendable {
    /// Where its spans start in `spans`, the smallest count first.
    var base: Int
    var smallest: Int
    var largest: Int
    /// Those of its operation.
    var column: Int?
    var skippedWhenEmpty: Bool

    /// The place of a count's span in `spans`.
    @inline(__always)
    func place(_ count: Int) -> Int { base + count - smallest }
    var range: ClosedRange<Int> { smallest...largest }
  }

  /// The first of each block's entries, and one past the last.
  private(set) var blockStart: [Int] = [0]
  private(set) var entries: [Entry] = []
  /// Picoseconds.
  private(set) var spans: [Int64] = []

  /// - Throws: `Faults` where a price undercuts what physics allows or exceeds what the clock holds.
  init(_ program: Program, _ resolved: [[PricedOperation]], profileName: String) throws(Faults) {
    let countsOfColumn = program.columns.map(\.range)
    let operationCount = program.blocks.reduce(0) { $0 + $1.operations.count }
    entries.reserveCapacity(operationCount)
    spans.reserveCapacity(operationCount)
    blockStart.reserveCapacity(program.blocks.count + 1)
    for b in program.blocks.indices {
      for o in program.blocks[b].operations.indices {
        let range = program.blocks[b].operations[o].column.map { countsOfColumn[$0] } ?? 1...1
        try price(program.blocks[b].operations[o], resolved[b][o], range, profileName)
      }
      blockStart.append(entries.count)
    }
  }

  @inline(__always)
  func entry(_ block: Int, _ operation: Int) -> Entry { entries[blockStart[block] + operation] }

  func ofBlock(_ block: Int) -> ArraySlice<Entry> {
    entries[blockStart[block]..<blockStart[block + 1]]
  }

  func span(_ block: Int, _ operation: Int, count: Int) -> Int64 {
    spans[entry(block, operation).place(count)]
  }

  private mutating func price(
    _ operation: Operation, _ resolved: PricedOperation, _ range: ClosedRange<Int>,
    _ profileName: String
  ) throws(Faults) {
    entries.append(
      Entry(
        base: spans.count, smallest: range.lowerBound, largest: range.upperBound,
        column: operation.column, skippedWhenEmpty: operation.skippedWhenEmpty))
    guard spans.count + range.upperBound < Self.countLimit else {
      throw Faults(
        .outOfRange(
          key: operation.name, found: "a count of \(range.upperBound)",
          allowed: "at most \(Self.countLimit) counts in all; use larger pages"),
        at: SourcePosition(file: profileName))
    }
    for count in range {
      if count == 0 && operation.skippedWhenEmpty {
        spans.append(0)
        continue
      }
      let price = resolved.price(Double(count))
      guard price.isAboveFloor else {
        throw undercut(price, operation.name, count, profileName)
      }
      guard price.time.value < Self.longest else {
        throw overrun(price, operation.name, count, profileName)
      }
      spans.append(Span(rounding: price.time).picoseconds)
    }
  }

  /// Every operation is priced at every count once; more than this is no step of a model.
  static let countLimit = 16_000_000

  private func undercut(
    _ price: Price, _ operation: String, _ count: Int, _ profileName: String
  ) -> Faults {
    Faults(
      .conflict(
        key: operation,
        found: "\(price.time) at count \(count)",
        mend: "physics allows no less than \(price.floor); check the shares and peaks of the "
          + "profile"),
      at: SourcePosition(file: profileName))
  }

  private func overrun(
    _ price: Price, _ operation: String, _ count: Int, _ profileName: String
  ) -> Faults {
    Faults(
      .outOfRange(
        key: operation, found: "\(price.time) at count \(count)",
        allowed: "less than 50 days, which the clock of playback can hold"),
      at: SourcePosition(file: profileName))
  }

  /// Whether a price is no less than physics allows, and fits the clock.
  static func allows(_ price: Price) -> Bool {
    price.isAboveFloor && price.time.value < longest
  }

  /// The clock counts picoseconds in 63 bits: 106 days.
  static let longest = 4.3e6

  /// All steps one operation after another, which no playback exceeds.
  func assertClock(_ program: Program) throws(Faults) {
    let longestOfBlock = program.blocks.indices.map { b in
      entries[blockStart[b]..<blockStart[b + 1]].reduce(0.0) { sum, entry in
        var longest: Int64 = 0
        for at in entry.base...entry.place(entry.largest) { longest = max(longest, spans[at]) }
        return sum + Double(longest) * 1e-12
      }
    }
    let seconds = program.order.reduce(0.0) { $0 + longestOfBlock[$1.block] }
    let total = Seconds(seconds * Double(program.steps))
    guard total.value < Self.longest else {
      throw Faults(
        .outOfRange(
          key: "workload.generate", found: "\(program.steps) steps of up to \(Seconds(seconds))",
          allowed: "less than 50 days in all, which the clock of playback can hold"),
        at: SourcePosition(file: "the scenario"))
    }
  }
}

extension Price {
  /// Whether the time is a number that physics allows.
  fileprivate var isAboveFloor: Bool {
    time.value.isFinite && time.value >= floor.value * (1 - 1e-9)
  }
}
