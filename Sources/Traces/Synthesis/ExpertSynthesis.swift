import NumericalMethods

/// The dimensions of an expert trace to draw; each step is one token.
public struct ExpertTarget: Sendable, Hashable {
  public var layers: Int
  public var experts: Int
  public var topK: Int
  public var steps: Int
  public init(layers: Int, experts: Int, topK: Int, steps: Int) {
    self.layers = layers
    self.experts = experts
    self.topK = topK
    self.steps = steps
  }
}

extension TraceSynthesis {
  /// Experts with the recorded popularity by rank, and the recorded chance of a repeat by lag.
  public static func experts(
    like trace: Trace, as target: ExpertTarget, seed: UInt64
  ) throws(TraceFault) -> Trace {
    guard let like = trace.experts else { throw missing(.experts, trace) }
    try check("layers", target.layers, in: 1...4096)
    try check("experts", target.experts, in: 1...65535)
    try check("top-k", target.topK, in: 1...min(64, target.experts))
    try check("steps", target.steps, in: 1...sizeLimit)
    let isWide = target.experts > 255
    try check(bytes: [target.steps, target.layers, target.topK, isWide ? 2 : 1])
    let fits = (0..<like.layers).map { layer in
      RepeatFit(universe: like.expertCount, steps: like.tokens, classes: 16) { touch in
        for token in 0..<like.tokens {
          for expert in like.experts(token: token, layer: layer) where expert >= 0 {
            touch(expert, token)
          }
        }
      }
    }
    let shape = [target.steps, target.layers, target.topK]
    let storage = ColumnStorage(byteCount: shape.reduce(isWide ? 2 : 1, *))
    var picked: [Int] = []
    for layer in 0..<target.layers {
      let fit = fits[recorded(layer, of: target.layers, among: like.layers)]
      let places = order(target.experts, seed: seed, "experts.place", layer)
      var draw = FixedCountDraw(
        laws: fit.laws,
        draws: KeyedStream(seed: seed, purpose: "experts.touch", entity: UInt64(layer)))
      let frequencies = fit.frequencies.resampled(
        count: target.experts, total: Double(target.topK))
      for (rank, frequency) in frequencies.enumerated() {
        let law = fit.lawIndex(rank: rank, of: target.experts)
        draw.append(lawIndex: law, law: fit.laws[law], frequency: frequency)
      }
      for step in 0..<target.steps {
        draw.step(count: target.topK, into: &picked)
        let row = (step * target.layers + layer) * target.topK
        for (slot, entry) in picked.enumerated() {
          if isWide {
            storage.bytes.storeBytes(
              of: UInt16(places[entry]), toByteOffset: (row + slot) * 2, as: UInt16.self)
          } else {
            storage.bytes[row + slot] = UInt8(places[entry])
          }
        }
      }
    }
    var header = header(
      like: trace, seed: seed,
      "\(target.layers) layers, top \(target.topK) of \(target.experts) experts")
    header.experts = TraceHeader.Experts(
      expertCount: target.experts, layers: Array(0..<target.layers))
    return try Trace(
      header: header,
      columns: [storage.column(ColumnName.experts.rawValue, isWide ? .u16 : .u8, shape: shape)])
  }
}
