import Numerics
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
      var walk = NeuronWalk(
        trace, layer: layer, window: window, overPrediction: overPrediction, seed: seed)
      for step in max(0, steps.lowerBound - window - NeuronWalk.memory)..<steps.upperBound {
        let seen = walk.play(step)
        guard step >= steps.lowerBound else { continue }
        let at = (step - steps.lowerBound) * trace.layers + layer
        chosenCounts[at] = Int32(seen.chosen)
        readCounts[at] = Int32(seen.read)
        held[step - steps.lowerBound] += seen.held
        fired += trace.activeCount(token: step, layer: layer)
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

/// One layer's walk: the sets that the last tokens chose, as bits.
private struct NeuronWalk {
  /// Tokens back that a predictor's errors reach.
  static let memory = 4
  let trace: NeuronTrace
  let layer: Int
  let window: Int
  let overPrediction: Double
  private var recent: [[UInt64]] = []
  /// How readily the predictor errs on each neuron: 0 always, 1 never.
  private let caution: [Double]

  init(_ trace: NeuronTrace, layer: Int, window: Int, overPrediction: Double, seed: UInt64) {
    self.trace = trace
    self.layer = layer
    self.window = window
    self.overPrediction = overPrediction
    var draws = KeyedStream(seed: seed, purpose: "predictor-errors", entity: UInt64(layer))
    caution = (0..<trace.neurons).map { _ in draws.uniform() }
  }

  mutating func play(_ token: Int) -> (chosen: Int, read: Int, held: Int) {
    let set = predicted(token)
    var union = [UInt64](repeating: 0, count: trace.rowWords)
    for past in recent { for w in union.indices { union[w] |= past[w] } }
    var (chosen, read, held) = (0, 0, 0)
    for w in union.indices {
      chosen += set[w].nonzeroBitCount
      read += (set[w] & ~union[w]).nonzeroBitCount
      held += (set[w] | union[w]).nonzeroBitCount
    }
    if window > 0 {
      recent.append(set)
      if recent.count > window { recent.removeFirst() }
    }
    return (chosen, read, held)
  }

  /// The neurons that fire, and the predictor's errors: it errs on neurons near their threshold,
  /// which are those that fired for the last tokens, and always on the same ones. All candidates of
  /// the nearest token come first; of the last token that is needed, those it errs on most readily,
  /// as many in the mean as are wanted.
  private func predicted(_ token: Int) -> [UInt64] {
    var set = Array(trace.row(token: token, layer: layer))
    guard overPrediction > 1 else { return set }
    let active = set.reduce(0) { $0 + $1.nonzeroBitCount }
    var missing = Int((Double(active) * (overPrediction - 1)).rounded())
    for back in 1...Self.memory where missing > 0 && token >= back {
      let past = trace.row(token: token - back, layer: layer)
      var candidates = 0
      for w in set.indices { candidates += (past[w] & ~set[w]).nonzeroBitCount }
      let limit = Double(missing) / Double(max(1, candidates))
      missing -= candidates
      for w in set.indices {
        var rest = past[w] & ~set[w]
        while rest != 0 {
          if caution[w << 6 + rest.trailingZeroBitCount] < limit { set[w] |= rest & (~rest + 1) }
          rest &= rest - 1
        }
      }
    }
    return set
  }
}
