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
    var layerDraw = NeuronDraw(target: target, seed: seed)
    for (layer, fit) in chosen.enumerated() {
      let total = min(1, fit.density * scale) * Double(target.neurons)
      layerDraw.draw(
        layer: layer, fit: fit,
        frequencies: fit.frequencies.resampled(count: target.neurons, total: total))
      for token in 0..<target.tokens {
        let row = (token * target.layers + layer) * rowWords
        for word in 0..<rowWords { words[row + word] = layerDraw.word(word, token: token) }
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
