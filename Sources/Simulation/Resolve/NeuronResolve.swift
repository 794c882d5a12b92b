import NumericalMethods
import Policies
import Programs
import Traces

/// Walks a neuron trace with a window and fills the columns of the FFN's blocks.
public struct NeuronResolve {
  /// Neurons computed by a token at a layer.
  public var chosen: CountColumn
  /// Neurons whose weights must be read.
  public var read: CountColumn
  public var statistics = CacheStatistics()
  /// The most neurons held over all layers at once. What leaves the window makes room before
  /// newcomers are read, so that a window of k tokens holds those of k tokens, the one at hand among
  /// them. Source: LLM in a flash, arXiv 2312.11514, section 3.1 and figure 6.
  public var peakHeld = 0
  /// Share of neurons that fire, over the counted tokens.
  public var density = 0.0

  /// - Parameters:
  ///   - overPrediction: neurons chosen for each that the trace holds, at least 1.
  ///   - window: tokens whose neurons are held.
  ///   - heldShare: the most of all neurons that are held. A layer whose newcomers would pass it cuts
  ///     its window short by as many tokens as it takes, and forgets its newcomers last.
  ///   - steps: tokens to count; those before only fill the window.
  ///   - draft: tokens in a row that each counted step computes together, and by how many tokens it
  ///     goes on. The window is of as many tokens, in whole steps.
  public init(
    _ trace: NeuronTrace, overPrediction: Double, window: Int, heldShare: Double = 1,
    steps: Range<Int>, draft: (tokens: Int, advance: Double) = (1, 1), seed: UInt64
  ) {
    let count = steps.count * trace.layers
    var chosenCounts = [Int32](repeating: 0, count: count)
    var readCounts = [Int32](repeating: 0, count: count)
    var fired = 0
    let window =
      draft.advance == 1 ? window : Int((Double(window) / draft.advance).rounded(.up))
    let walks = (0..<trace.layers).map {
      NeuronWalk(trace, layer: $0, window: window, overPrediction: overPrediction, seed: seed)
    }
    let limit = Int(heldShare * Double(trace.layers * trace.neurons))
    var held = [Int](repeating: 0, count: trace.layers)
    var total = 0
    func first(_ step: Int) -> Int {
      guard draft.advance != 1, step > steps.lowerBound else { return step }
      return steps.lowerBound + Int(Double(step - steps.lowerBound) * draft.advance)
    }
    for step in max(0, steps.lowerBound - window - NeuronWalk.memory)..<steps.upperBound {
      for (layer, walk) in walks.enumerated() {
        let seen = walk.play(first(step), and: step < steps.lowerBound ? 0 : draft.tokens - 1)
        total -= held[layer]
        held[layer] = walk.keep(most: limit - total)
        total += held[layer]
        guard step >= steps.lowerBound else { continue }
        let at = (step - steps.lowerBound) * trace.layers + layer
        chosenCounts[at] = Int32(seen.chosen)
        readCounts[at] = Int32(seen.read)
        fired += seen.fired
        peakHeld = max(peakHeld, total)
      }
    }
    chosen = CountColumn(name: "neurons.chosen", layers: trace.layers, counts: chosenCounts)
    read = CountColumn(name: "neurons.read", layers: trace.layers, counts: readCounts)
    statistics.touches = Int(chosen.total)
    statistics.misses = Int(read.total)
    statistics.touchesFromStart = statistics.touches
    statistics.missesFromStart = statistics.misses
    density = Double(fired) / Double(count * trace.neurons)
  }
}

/// One layer's walk: the sets that the last tokens chose, as bits, in memory allocated once.
private final class NeuronWalk {
  /// Tokens back that a predictor's errors reach.
  static let memory = 4
  private let trace: NeuronTrace
  private let layer: Int
  private let window: Int
  private let overPrediction: Double
  private let words: Int
  /// The last `window` sets and the one at hand, in a ring of rows.
  private let rows: UnsafeMutablePointer<UInt64>
  private var current = 0
  /// Tokens whose neurons are held.
  private var kept = 0
  /// How readily the predictor errs on each neuron: 0 always, 1 never.
  private let caution: [Double]

  init(_ trace: NeuronTrace, layer: Int, window: Int, overPrediction: Double, seed: UInt64) {
    self.trace = trace
    self.layer = layer
    self.window = window
    self.overPrediction = overPrediction
    words = trace.rowWords
    rows = .allocate(capacity: max(1, (window + 1) * words))
    rows.initialize(repeating: 0, count: max(1, (window + 1) * words))
    var draws = KeyedStream(seed: seed, purpose: "predictor-errors", entity: UInt64(layer))
    caution = overPrediction > 1 ? (0..<trace.neurons).map { _ in draws.uniform() } : []
  }

  deinit { rows.deallocate() }

  /// Takes the neurons that a token and some after it choose, and counts those that no token held
  /// here has chosen.
  func play(_ token: Int, and others: Int = 0) -> (fired: Int, chosen: Int, read: Int) {
    current = (current + 1) % (window + 1)
    let set = rows + current * words
    var (fired, chosen, read) = (0, 0, 0)
    for (w, word) in trace.row(token: token, layer: layer).enumerated() {
      set[w] = word
      fired += word.nonzeroBitCount
    }
    for other in token + 1..<token + 1 + others {
      for (w, word) in trace.row(token: other, layer: layer).enumerated() { set[w] |= word }
    }
    if overPrediction > 1 { addErrors(to: set, token: token, active: fired) }
    for w in 0..<words {
      chosen += set[w].nonzeroBitCount
      read += (set[w] & ~union(of: kept, at: w)).nonzeroBitCount
    }
    return (fired, chosen, read)
  }

  /// Keeps the neurons of as many of the last tokens as the window and the limit allow, and returns
  /// how many neurons that is: while it is computed, the token at hand has its own in any case.
  func keep(most limit: Int) -> Int {
    kept = min(window, kept + 1)
    var count = held()
    while kept > 0, count > limit {
      kept -= 1
      count = held()
    }
    return count
  }

  private func held() -> Int {
    let set = rows + current * words
    let past = max(1, kept) - 1
    return (0..<words).reduce(0) { $0 + (set[$1] | union(of: past, at: $1)).nonzeroBitCount }
  }

  /// One word of the union of the sets of the `past` tokens before the one at hand. Rows of tokens
  /// before the first are empty.
  private func union(of past: Int, at word: Int) -> UInt64 {
    var union: UInt64 = 0
    var row = current
    for _ in 0..<past {
      row = row == 0 ? window : row &- 1
      union |= rows[row &* words &+ word]
    }
    return union
  }

  /// Adds a predictor's errors to the neurons that fire: it errs on neurons near their threshold,
  /// which are those that fired for the last tokens, and always on the same ones. All candidates of
  /// the nearest token come first; of the last token that is needed, those it errs on most readily,
  /// as many in the mean as are wanted.
  private func addErrors(to set: UnsafeMutablePointer<UInt64>, token: Int, active: Int) {
    var missing = Int((Double(active) * (overPrediction - 1)).rounded())
    for back in 1...Self.memory where missing > 0 && token >= back {
      let past = trace.row(token: token - back, layer: layer)
      var candidates = 0
      for w in 0..<words { candidates += (past[w] & ~set[w]).nonzeroBitCount }
      let limit = Double(missing) / Double(max(1, candidates))
      missing -= candidates
      add(from: past, below: limit, to: set)
    }
  }

  /// Adds the neurons of `past` whose caution is less than `limit`.
  private func add(
    from past: UnsafeBufferPointer<UInt64>, below limit: Double,
    to set: UnsafeMutablePointer<UInt64>
  ) {
    caution.withUnsafeBufferPointer { caution in
      for w in 0..<words {
        var rest = past[w] & ~set[w]
        while rest != 0 {
          let bit = rest & (~rest &+ 1)
          if caution[w << 6 + rest.trailingZeroBitCount] < limit { set[w] |= bit }
          rest &= rest &- 1
        }
      }
    }
  }
}
