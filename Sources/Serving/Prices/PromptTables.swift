import Diagnostics
import Simulation

/// The body of a step by its tokens, and the attention of prompts by new tokens and those before.
///
/// Between places of a grid both are straight lines; a place is priced when it is first asked for. Rows
/// lie one after another, so that a step allocates nothing once its places are known.
struct PromptTables {
  private let pricer: StepPricer
  // Products climb in steps of whole tiles: every size is priced, up to 4,096 tokens.
  private let tokenGrid = SizeGrid(bits: 12)
  private let chunkGrid = SizeGrid(bits: 2)
  private let width: Int
  /// Places along an axis of the chunks' grid, up to a billion tokens.
  private let places: Int
  /// By place: where the row begins, or -1.
  private var bodyAt: [Int32] = []
  private var readAt: [Int32]
  private var bodies: [Double] = []
  private var reads: [Double] = []

  init(_ pricer: StepPricer) {
    self.pricer = pricer
    width = StepPrice.firstPath + pricer.paths.count
    places = chunkGrid.place(1 << 30) + 2
    readAt = Array(repeating: -1, count: places * places)
  }

  /// Adds products, norms and experts of a step with so many tokens.
  mutating func addBody(_ tokens: Int, to row: inout [Double]) throws(Faults) {
    let place = tokenGrid.place(tokens)
    let (low, high) = (tokenGrid.size(place), tokenGrid.size(place + 1))
    let share = Double(tokens - low) / Double(high - low)
    let start = try body(place)
    Self.add(bodies, at: start, times: 1 - share, to: &row)
    guard share > 0 else { return }
    let next = try body(place + 1)
    Self.add(bodies, at: next, times: share, to: &row)
  }

  /// Adds the attention of a piece of a prompt.
  mutating func addReads(_ chunk: PromptChunk, to row: inout [Double]) throws(Faults) {
    let (tokens, cached, t, c) = corner(chunk)
    for place in 0..<4 {
      let weight = Self.weight(place, t, c)
      guard weight > 0 else { continue }
      let start = try read(tokens + place & 1, cached + place >> 1)
      Self.add(reads, at: start, times: weight, to: &row)
    }
  }

  /// Seconds of the attention of a piece of a prompt.
  mutating func readTime(_ chunk: PromptChunk) throws(Faults) -> Double {
    let (tokens, cached, t, c) = corner(chunk)
    var seconds = 0.0
    for place in 0..<4 {
      let weight = Self.weight(place, t, c)
      guard weight > 0 else { continue }
      let start = try read(tokens + place & 1, cached + place >> 1)
      seconds += weight * reads[start + StepPrice.seconds]
    }
    return seconds
  }

  /// What a call of attention takes at the least: a batch of pieces has it once.
  mutating func leastRead() throws(Faults) -> Double {
    let start = try read(chunkGrid.place(1), 0)
    return reads[start + StepPrice.seconds]
  }

  /// The least corner of a chunk's cell, and how far along each side it is.
  @inline(__always)
  private func corner(
    _ chunk: PromptChunk
  ) -> (tokens: Int, cached: Int, t: Double, c: Double) {
    let tokens = chunkGrid.place(chunk.tokens)
    let cached = chunkGrid.place(chunk.cached)
    return (tokens, cached, share(chunk.tokens, from: tokens), share(chunk.cached, from: cached))
  }

  @inline(__always)
  private static func weight(_ place: Int, _ t: Double, _ c: Double) -> Double {
    (place & 1 == 0 ? 1 - t : t) * (place >> 1 == 0 ? 1 - c : c)
  }

  @inline(__always)
  private func share(_ size: Int, from place: Int) -> Double {
    let (low, high) = (chunkGrid.size(place), chunkGrid.size(place + 1))
    return Double(size - low) / Double(high - low)
  }

  /// Where the row of a place of tokens begins.
  private mutating func body(_ place: Int) throws(Faults) -> Int {
    while bodyAt.count <= place { bodyAt.append(-1) }
    if bodyAt[place] >= 0 { return Int(bodyAt[place]) }
    let row = try pricer.prompt(tokens: tokenGrid.size(place), cached: 0).body
    bodyAt[place] = Int32(bodies.count)
    bodies += row
    return bodies.count - width
  }

  /// Where the row of a place of new tokens and of those before begins.
  private mutating func read(_ tokens: Int, _ cached: Int) throws(Faults) -> Int {
    let place = min(places - 1, tokens) * places + min(places - 1, cached)
    if readAt[place] >= 0 { return Int(readAt[place]) }
    let row = try pricer.prompt(
      tokens: chunkGrid.size(tokens), cached: chunkGrid.size(cached)
    ).reads
    readAt[place] = Int32(reads.count)
    reads += row
    return reads.count - width
  }

  @inline(__always)
  private static func add(
    _ rows: [Double], at start: Int, times weight: Double, to row: inout [Double]
  ) {
    for place in row.indices { row[place] += weight * rows[start + place] }
  }
}
