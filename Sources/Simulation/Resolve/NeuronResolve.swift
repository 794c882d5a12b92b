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
  /// The most neurons held over all layers at once.
  public var peakHeld = 0
  /// Share of neurons that fire, over the counted tokens.
  public var density = 0.0

  /// - Parameters:
  ///   - overPrediction: neurons chosen for each that fires, at least 1.
  ///   - window: tokens whose neurons are held.
  ///   - steps: tokens to count; those before only fill the window.
  public init(
    _ trace: NeuronTrace, overPrediction: Double, window: Int, steps: Range<Int>, seed: UInt64
  ) {
    let count = steps.count * trace.layers
    var chosenCounts = [Int32](repeating: 0, count: count)
    var readCounts = [Int32](repeating: 0, count: count)
    var held = [Int](repeating: 0, count: steps.count)
    var fired = 0
    for layer in 0..<trace.layers {
      let walk = NeuronWalk(
        trace, layer: layer, window: window, overPrediction: overPrediction, seed: seed)
      for step in max(0, steps.lowerBound - window - NeuronWalk.memory)..<steps.upperBound {
        let seen = walk.play(step)
        guard step >= steps.lowerBound else { continue }
        let at = (step - steps.lowerBound) * trace.layers + layer
        chosenCounts[at] = Int32(seen.chosen)
        readCounts[at] = Int32(seen.read)
        held[step - steps.lowerBound] += seen.held
        fired += seen.fired
      }
    }
    chosen = CountColumn(name: "neurons.chosen", layers: trace.layers, counts: chosenCounts)
    read = CountColumn(name: "neurons.read", layers: trace.layers, counts: readCounts)
    statistics.touches = Int(chosen.total)
    statistics.misses = Int(read.total)
    statistics.touchesFromStart = statistics.touches
    statistics.missesFromStart = statistics.misses
    peakHeld = held.max() ?? 0
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
  private var played = 0
  /// How readily the predictor errs on each neuron: 0 always, 1 never.
  private let caution: [Double]

  struct Seen {
    var fired = 0
    var chosen = 0
    var read = 0
    var held = 0
  }

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

  func play(_ token: Int) -> Seen {
    // Rows of tokens before the first are empty, so every row but the one at hand is past.
    let current = played % (window + 1)
    let set = rows + current * words
    played += 1
    var seen = Seen()
    for (w, word) in trace.row(token: token, layer: layer).enumerated() {
      set[w] = word
      seen.fired += word.nonzeroBitCount
    }
    if overPrediction > 1 { addErrors(to: set, token: token, active: seen.fired) }
    for w in 0..<words {
      let own = set[w]
      var past: UInt64 = 0
      for row in 0...window where row != current { past |= rows[row &* words &+ w] }
      seen.chosen += own.nonzeroBitCount
      seen.read += (own & ~past).nonzeroBitCount
      seen.held += (own | past).nonzeroBitCount
    }
    return seen
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
