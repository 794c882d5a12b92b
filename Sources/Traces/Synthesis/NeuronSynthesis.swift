import NumericalMethods
import Quantities

/// The dimensions of a neuron trace to draw.
public struct NeuronTarget: Sendable, Hashable {
  /// Neurons that a few tokens in a row touch between them.
  public struct WorkingSet: Sendable, Hashable {
    /// Tokens in a row.
    public var window: Int
    /// Share of a layer's neurons, mean over the layers, 0…1.
    public var share: Double
    public init(window: Int, share: Double) {
      self.window = window
      self.share = share
    }
  }

  public var layers: Int
  public var neurons: Int
  public var tokens: Int
  /// Mean share of active neurons over all layers, 0…1; nil keeps the recorded one. Layers keep
  /// their shares relative to each other.
  public var density: Double?
  /// Neurons drawn for each that the density counts, at least 1: a predictor names more than fire,
  /// those near their threshold too, which is to draw with a lower threshold.
  public var namedPerFiring: Double
  /// Met in expectation; nil keeps the recorded popularity.
  public var workingSet: WorkingSet?
  public init(
    layers: Int, neurons: Int, tokens: Int, density: Double? = nil, namedPerFiring: Double = 1,
    workingSet: WorkingSet? = nil
  ) {
    self.layers = layers
    self.neurons = neurons
    self.tokens = tokens
    self.density = density
    self.namedPerFiring = namedPerFiring
    self.workingSet = workingSet
  }
}

extension TraceSynthesis {
  /// Each neuron is a renewal process: its frequency from the recorded frequencies by rank, its
  /// gaps from the neurons of its rank. `LayerLaw` says how they change with density.
  public static func neurons(
    like trace: Trace, as target: NeuronTarget, seed: UInt64
  ) throws(TraceFault) -> Trace {
    guard let like = trace.neurons else { throw missing(.neurons, trace) }
    let rowWords = try check(target)
    let fits = (0..<like.layers).map { layer in
      RepeatFit(universe: like.neurons, steps: like.tokens, classes: 64) { touch in
        for token in 0..<like.tokens {
          like.forEachActive(token: token, layer: layer) { touch($0, token) }
        }
      }
    }
    let chosen = (0..<target.layers).map { recorded($0, of: target.layers, among: like.layers) }
    let laws = try layerLaws(fits, chosen, target)
    let storage = ColumnStorage(byteCount: target.tokens * target.layers * rowWords * 8)
    let words = storage.bytes.bindMemory(to: UInt64.self)
    var layerDraw = NeuronDraw(target: target, seed: seed)
    for (layer, from) in chosen.enumerated() {
      guard let law = laws[from] else { continue }
      layerDraw.draw(layer: layer, law: law)
      for token in 0..<target.tokens {
        let row = (token * target.layers + layer) * rowWords
        for word in 0..<rowWords { words[row + word] = layerDraw.word(word, token: token) }
      }
    }
    var header = header(like: trace, seed: seed, target.description)
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

  /// Returns the 64-bit words of a row.
  private static func check(_ target: NeuronTarget) throws(TraceFault) -> Int {
    try check("layers", target.layers, in: 1...4096)
    try check("neurons", target.neurons, in: 1...sizeLimit)
    try check("tokens", target.tokens, in: 1...sizeLimit)
    let rowWords = (target.neurons + 63) / 64
    try check(bytes: [target.tokens, target.layers, rowWords, 8])
    if let density = target.density, !(density > 0 && density <= 1) {
      throw TraceFault(
        .outOfRange(key: "density", found: "\(density)", allowed: "above 0 and at most 1"))
    }
    return rowWords
  }

  /// The laws of the recorded layers that are drawn from, by their number.
  private static func layerLaws(
    _ fits: [RepeatFit], _ chosen: [Int], _ target: NeuronTarget
  ) throws(TraceFault) -> [Int: LayerLaw] {
    let layers = Set(chosen).sorted()
    if target.density == nil, target.namedPerFiring == 1, target.workingSet == nil {
      return Dictionary(
        uniqueKeysWithValues: layers.map { ($0, LayerLaw(fits[$0], count: target.neurons)) })
    }
    let mean = chosen.reduce(0) { $0 + fits[$1].density } / Double(target.layers)
    guard mean > 0 else {
      throw TraceFault(
        .conflict(
          key: "density", found: "a recording in which nothing fires",
          mend: "draw like a recording of active neurons"))
    }
    let density = (target.density ?? mean) * target.namedPerFiring
    guard density <= 1 else {
      throw TraceFault(
        .outOfRange(
          key: "neurons.trace.density",
          found: Decimal.significant(target.density ?? mean, digits: 3)
            + ", \(Decimal.significant(target.namedPerFiring, digits: 3)) named for each",
          allowed: "at most all neurons named"))
    }
    let scale = density / mean
    let search = WorkingSetSearch(fits: fits, chosen: chosen, scale: scale)
    let skew = try target.workingSet.map { set throws(TraceFault) in
      try search.skew(for: set, density: density)
    }
    return Dictionary(
      uniqueKeysWithValues: layers.map {
        let fit = fits[$0]
        return (
          $0,
          LayerLaw(
            fit, count: target.neurons, density: fit.density * scale, skew: skew ?? 1)
        )
      })
  }
}

extension NeuronTarget {
  /// What the header of the drawn trace says of it.
  var description: String {
    var text =
      "\(layers) layers of \(neurons) neurons, density "
      + (density.map { "\($0)" } ?? "as recorded")
    if namedPerFiring != 1 { text += ", \(namedPerFiring) named for each" }
    if let set = workingSet { text += ", \(set.share) of them in \(set.window) tokens" }
    return text
  }
}
