import NumericalMethods

/// Draws the active neurons of one layer after another.
struct NeuronDraw {
  private let target: NeuronTarget
  private let seed: UInt64
  /// The bits of a layer, the tokens of one word side by side: a neuron's touches then lie in a few
  /// cache lines, where the trace's own order would put each on a page of its own.
  private var words: [UInt64]

  init(target: NeuronTarget, seed: UInt64) {
    self.target = target
    self.seed = seed
    words = Array(repeating: 0, count: (target.neurons + 63) / 64 * target.tokens)
  }

  /// Neurons `64 * word` to `64 * word + 63` of a token, one bit each.
  func word(_ word: Int, token: Int) -> UInt64 { words[word &* target.tokens &+ token] }

  /// Bursts make counts swing by some percent; a layer that is off by more than one is drawn again,
  /// at most seven times.
  mutating func draw(layer: Int, law: LayerLaw) {
    let places = TraceSynthesis.order(target.neurons, seed: seed, "neurons.place", layer)
    let due = law.frequencies.reduce(0, +) * Double(target.tokens)
    let guides = law.laws.map(GapGuide.init)
    let gaps = law.frequencies.enumerated().map { rank, frequency in
      let index = law.lawIndex(rank: rank)
      return GapDraw(law.laws[index], guide: guides[index], frequency: frequency)
    }
    for attempt in 0..<8 {
      let draws = KeyedStream(
        seed: seed, purpose: "neurons.gap", entity: UInt64(attempt << 32 | layer))
      let count = draw(gaps, at: places, draws)
      if abs(Double(count) - due) <= 0.01 * due { break }
    }
  }

  /// Fills the layer's words and returns how many bits are set.
  private mutating func draw(
    _ gaps: [GapDraw], at places: [Int], _ stream: KeyedStream
  ) -> Int {
    var draws = stream
    var count = 0
    let tokens = target.tokens
    words.withUnsafeMutableBufferPointer { words in
      words.update(repeating: 0)
      for (rank, gap) in gaps.enumerated() {
        let bit = UInt64(1) << UInt64(places[rank] & 63)
        let first = (places[rank] >> 6) * tokens
        var token = gap.first(&draws)
        while token < tokens {
          words[first &+ token] |= bit
          count &+= 1
          token &+= gap.next(&draws)
        }
      }
    }
    return count
  }
}
