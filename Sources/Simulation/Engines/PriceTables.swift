import Costs
import Diagnostics
import Programs
import Quantities

/// Spans of every operation at every count from the smallest that it meets to
/// the largest, in flat arrays.
struct PriceTables {
  let program: Program
  let resolved: [[PricedOperation]]
  /// Where the table of (block, operation) starts in `spans`.
  var spanBase: [[Int]] = []
  var counts: [[ClosedRange<Int>]] = []
  var spans: [Int64] = []

  init(program: Program, resolved: [[PricedOperation]]) {
    self.program = program
    self.resolved = resolved
  }

  mutating func price(profileName: String) throws(Faults) {
    let countsOfColumn = program.columns.map(\.range)
    for b in program.blocks.indices {
      let operations = program.blocks[b].operations
      var bases: [Int] = []
      var ranges: [ClosedRange<Int>] = []
      for o in operations.indices {
        let range = operations[o].column.map { countsOfColumn[$0] } ?? 1...1
        bases.append(spans.count)
        ranges.append(range)
        guard spans.count + range.upperBound < Self.countLimit else {
          throw Faults(
            .outOfRange(
              key: operations[o].name, found: "a count of \(range.upperBound)",
              allowed: "at most \(Self.countLimit) counts in all; use larger pages"),
            at: SourcePosition(file: profileName))
        }
        for count in range {
          if count == 0 && operations[o].skippedWhenEmpty {
            spans.append(0)
            continue
          }
          let price = resolved[b][o].price(Double(count))
          guard price.isAboveFloor else {
            throw undercut(price, operations[o].name, count, profileName)
          }
          guard price.time.value < Self.longest else {
            throw overrun(price, operations[o].name, count, profileName)
          }
          spans.append(Span(rounding: price.time).picoseconds)
        }
      }
      spanBase.append(bases)
      counts.append(ranges)
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

  /// The clock counts picoseconds in 63 bits: 106 days.
  static let longest = 4.3e6

  /// All steps one operation after another, which no playback exceeds.
  func assertClock(_ program: Program) throws(Faults) {
    let longestOfBlock = program.blocks.indices.map { b in
      program.blocks[b].operations.indices.reduce(0.0) { sum, o in
        let first = spanBase[b][o]
        return sum + Double(spans[first..<first + counts[b][o].count].max() ?? 0) * 1e-12
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
