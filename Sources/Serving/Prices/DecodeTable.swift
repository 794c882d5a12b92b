import Diagnostics
import Simulation

/// Decode steps by batch and context: lines between places of a grid of mean contexts, each place
/// priced when it is first asked for.
struct DecodeTable {
  private let pricer: StepPricer
  private let grid = SizeGrid(bits: 2)
  private let width: Int
  /// Places of the grid, up to contexts of a billion tokens.
  private let places: Int
  /// By batch and place: where its line is kept, or -1.
  private var lineOf: [Int32]
  private var nodeOf: [Int32]
  private var lines: [DecodeLine] = []
  /// Rows of whole steps and of their reads alone at nodes, and what lines add for a token.
  private var wholes: [Int64] = []
  private var reads: [Int64] = []
  private var starts: [Int32] = []
  private var wholeSlopes: [Int64] = []
  private var readSlopes: [Int64] = []
  /// Rows of the host's work and the head, and where that of so many sequences begins, or -1.
  private var ends: [Int64] = []
  private var endsAt: [Int32]

  init(_ pricer: StepPricer, sequences: Int) {
    self.pricer = pricer
    width = StepPrice.firstPath + pricer.paths.count
    places = grid.place(1 << 30)
    lineOf = Array(repeating: -1, count: (sequences + 1) * places)
    nodeOf = lineOf
    endsAt = Array(repeating: -1, count: sequences + 1)
  }

  mutating func line(batch: Int, context: Int64) throws(Faults) -> DecodeLine {
    let place = grid.place(min(1 << 29, Int(context) / batch))
    let known = lineOf[batch * places + place]
    if known >= 0 { return lines[Int(known)] }
    return try makeLine(batch, place)
  }

  /// Adds what steps of a line take beside time.
  func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {
    let (node, slope) = (Int(starts[line.place]) * width, line.place * width)
    for amount in 1..<width {
      sums[amount - 1] += steps * wholes[node + amount] + above * wholeSlopes[slope + amount]
    }
  }

  /// Reads of KV of one step of a line, by amount.
  func addReads(_ line: DecodeLine, context: Int64, to row: inout [Int64]) {
    let (node, slope) = (Int(starts[line.place]) * width, line.place * width)
    let above = context - line.low
    for amount in 0..<width {
      row[amount] += reads[node + amount] + above * readSlopes[slope + amount]
    }
  }

  /// Adds the host's work and the head of a step of so many sequences.
  mutating func addEnds(_ sequences: Int, to row: inout [Int64]) throws(Faults) {
    if endsAt[sequences] < 0 {
      let priced = try pricer.decode(batch: sequences, context: Self.endsContext).ends
      endsAt[sequences] = Int32(ends.count)
      ends += AmountRow.whole(priced)
    }
    let start = Int(endsAt[sequences])
    for amount in 0..<width { row[amount] += ends[start + amount] }
  }

  private static let endsContext = 64

  private mutating func makeLine(_ batch: Int, _ place: Int) throws(Faults) -> DecodeLine {
    let first = try node(batch, place)
    let second = try node(batch, place + 1)
    let low = Int64(batch) * Int64(grid.size(place))
    let next = Int64(batch) * Int64(grid.size(place + 1))
    func slope(_ values: [Int64], _ amount: Int) -> Int64 {
      let rise = Double(values[second * width + amount] - values[first * width + amount])
      return Int64((rise / Double(next - low)).rounded())
    }
    for amount in 0..<width {
      wholeSlopes.append(slope(wholes, amount))
      readSlopes.append(slope(reads, amount))
    }
    let line = DecodeLine(
      low: low, high: next - 1, time: wholes[first * width],
      each: wholeSlopes[wholeSlopes.count - width], place: lines.count)
    starts.append(Int32(first))
    lineOf[batch * places + place] = Int32(lines.count)
    lines.append(line)
    return line
  }

  private mutating func node(_ batch: Int, _ place: Int) throws(Faults) -> Int {
    let known = nodeOf[batch * places + place]
    if known >= 0 { return Int(known) }
    let price = try pricer.decode(batch: batch, context: max(2, grid.size(place)))
    let node = wholes.count / width
    wholes += AmountRow.whole(price.whole)
    reads += AmountRow.whole(price.reads)
    nodeOf[batch * places + place] = Int32(node)
    return node
  }
}
