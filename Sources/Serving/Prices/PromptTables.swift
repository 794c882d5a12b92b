import Diagnostics
import Simulation

/// The body of a step by its tokens, and the attention of prompts by new tokens and those before.
///
/// Between places of a grid both are straight lines; a place is priced when it is first asked for.
struct PromptTables {
  private let pricer: StepPricer
  // Products climb in steps of whole tiles: every size is priced, up to 4,096 tokens.
  private let tokenGrid = SizeGrid(bits: 12)
  private let chunkGrid = SizeGrid(bits: 2)
  private var bodies: [[Double]?] = []
  private var reads: [Cell: [Double]] = [:]

  private struct Cell: Hashable {
    var tokens: Int
    var cached: Int
  }

  init(_ pricer: StepPricer) { self.pricer = pricer }

  /// Adds products, norms and experts of a step with so many tokens.
  mutating func addBody(_ tokens: Int, to row: inout [Double]) throws(Faults) {
    let place = tokenGrid.place(tokens)
    let (low, high) = (tokenGrid.size(place), tokenGrid.size(place + 1))
    try makeBody(place)
    let share = Double(tokens - low) / Double(high - low)
    if share > 0 { try makeBody(place + 1) }
    Self.add(bodies[place], times: 1 - share, to: &row)
    if share > 0 { Self.add(bodies[place + 1], times: share, to: &row) }
  }

  /// Adds the attention of a piece of a prompt.
  mutating func addReads(_ chunk: PromptChunk, to row: inout [Double]) throws(Faults) {
    for (place, weight) in corners(chunk) where weight > 0 {
      Self.add(try cell(place), times: weight, to: &row)
    }
  }

  /// Seconds of the attention of a piece of a prompt.
  mutating func readTime(_ chunk: PromptChunk) throws(Faults) -> Double {
    var seconds = 0.0
    for (place, weight) in corners(chunk) where weight > 0 {
      seconds += weight * (try cell(place))[StepPrice.seconds]
    }
    return seconds
  }

  private func corners(_ chunk: PromptChunk) -> [(Cell, Double)] {
    let tokens = chunkGrid.place(chunk.tokens)
    let cached = chunkGrid.place(chunk.cached)
    let t = share(chunk.tokens, from: tokens)
    let c = share(chunk.cached, from: cached)
    return [
      (Cell(tokens: tokens, cached: cached), (1 - t) * (1 - c)),
      (Cell(tokens: tokens + 1, cached: cached), t * (1 - c)),
      (Cell(tokens: tokens, cached: cached + 1), (1 - t) * c),
      (Cell(tokens: tokens + 1, cached: cached + 1), t * c),
    ]
  }

  /// What a call of attention takes at the least: a batch of pieces has it once.
  mutating func leastRead() throws(Faults) -> Double {
    try cell(Cell(tokens: chunkGrid.place(1), cached: 0))[StepPrice.seconds]
  }

  private func share(_ size: Int, from place: Int) -> Double {
    let (low, high) = (chunkGrid.size(place), chunkGrid.size(place + 1))
    return Double(size - low) / Double(high - low)
  }

  private mutating func makeBody(_ place: Int) throws(Faults) {
    while bodies.count <= place { bodies.append(nil) }
    guard bodies[place] == nil else { return }
    bodies[place] = try pricer.prompt(tokens: tokenGrid.size(place), cached: 0).body
  }

  private mutating func cell(_ cell: Cell) throws(Faults) -> [Double] {
    if let known = reads[cell] { return known }
    let row = try pricer.prompt(
      tokens: chunkGrid.size(cell.tokens), cached: chunkGrid.size(cell.cached)
    ).reads
    reads[cell] = row
    return row
  }

  private static func add(_ other: [Double]?, times weight: Double, to row: inout [Double]) {
    guard let other else { return }
    for place in row.indices { row[place] += weight * other[place] }
  }
}
