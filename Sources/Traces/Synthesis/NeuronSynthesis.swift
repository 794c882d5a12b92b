import NumericalMethods

/// The dimensions of a neuron trace to draw.
public struct NeuronTarget: Sendable, Hashable {
  public var layers: Int
  public var neurons: Int
  public var tokens: Int
  /// Mean share of active neurons over all layers, 0…1; nil keeps the recorded one. Layers keep
  /// their shares relative to each other.
  public var density: Double?
  public init(layers: Int, neurons: Int, tokens: Int, density: Double? = nil) {
    self.layers = layers
    self.neurons = neurons
    self.tokens = tokens
    self.density = density
  }
}

extension TraceSynthesis {
  /// Each neuron is a renewal process: its frequency from the recorded frequencies by rank, its
  /// short gaps from the neurons of its rank.
  public static func neurons(
    like trace: Trace, as target: NeuronTarget, seed: UInt64
  ) throws(TraceFault) -> Trace {
    guard let like = trace.neurons else { throw missing(.neurons, trace) }
    try check("layers", target.layers, in: 1...4096)
    try check("neurons", target.neurons, in: 1...sizeLimit)
    try check("tokens", target.tokens, in: 1...sizeLimit)
    let rowWords = (target.neurons + 63) / 64
    try check(bytes: [target.tokens, target.layers, rowWords, 8])
    if let density = target.density, !(density > 0 && density <= 1) {
      throw TraceFault(
        .outOfRange(key: "density", found: "\(density)", allowed: "above 0 and at most 1"))
    }
    let fits = (0..<like.layers).map { layer in
      RepeatFit(universe: like.neurons, steps: like.tokens, classes: 64) { touch in
        for token in 0..<like.tokens {
          like.forEachActive(token: token, layer: layer) { touch($0, token) }
        }
      }
    }
    let chosen = (0..<target.layers).map {
      fits[recorded($0, of: target.layers, among: like.layers)]
    }
    let mean = chosen.reduce(0) { $0 + $1.density } / Double(target.layers)
    let scale = target.density.map { mean > 0 ? $0 / mean : 0 } ?? 1
    let storage = ColumnStorage(byteCount: target.tokens * target.layers * rowWords * 8)
    let words = storage.bytes.bindMemory(to: UInt64.self)
    // A layer is drawn apart, where its rows lie close together, and then laid into the trace.
    var drawn = [UInt64](repeating: 0, count: target.tokens * rowWords)
    for (layer, fit) in chosen.enumerated() {
      let places = order(target.neurons, seed: seed, "neurons.place", layer)
      let total = min(1, fit.density * scale) * Double(target.neurons)
      let frequencies = fit.frequencies.resampled(count: target.neurons, total: total)
      let due = frequencies.reduce(0, +) * Double(target.tokens)
      // Bursts make counts swing by some percent; a layer that is off by more than one is drawn
      // again, at most seven times.
      for attempt in 0..<8 {
        var draws = KeyedStream(
          seed: seed, purpose: "neurons.gap", entity: UInt64(attempt << 32 | layer))
        var count = 0
        for (rank, frequency) in frequencies.enumerated() {
          let law = fit.law(rank: rank, of: target.neurons)
          let gaps = GapDraw(law, frequency: frequency)
          let (word, bit) = (places[rank] >> 6, UInt64(1) << UInt64(places[rank] & 63))
          var token = gaps.first(&draws)
          while token < target.tokens {
            drawn[token &* rowWords &+ word] |= bit
            count &+= 1
            token &+= gaps.next(&draws)
          }
        }
        let isKept = attempt == 7 || abs(Double(count) - due) <= 0.01 * due
        for token in 0..<target.tokens where isKept {
          let row = (token * target.layers + layer) * rowWords
          for word in 0..<rowWords { words[row + word] = drawn[token * rowWords + word] }
        }
        for index in drawn.indices { drawn[index] = 0 }
        if isKept { break }
      }
    }
    var header = header(
      like: trace, seed: seed,
      "\(target.layers) layers of \(target.neurons) neurons, density "
        + (target.density.map { "\($0)" } ?? "as recorded"))
    header.neurons = TraceHeader.Neurons(
      firstPosition: like.firstPosition, layers: Array(0..<target.layers))
    return try Trace(
      header: header,
      columns: [
        storage.column(
          ColumnName.neurons.rawValue, .bits,
          shape: [target.tokens, target.layers, target.neurons])
      ])
  }
}
