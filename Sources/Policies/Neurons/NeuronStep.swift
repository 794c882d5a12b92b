import Models
import Programs

extension StepBuilder {
  /// A dense feed-forward block, whole or by chosen neurons.
  mutating func addDense(_ shape: DenseFeedForward, layer: Layer, index: Int) {
    let hidden = setting.model.hidden
    let matrices = layer.feedForward.matrices(hidden: hidden)
    let policy = setting.method.neurons
    part = .ffn
    if let share = policy.statedShare(batch: tokens) {
      addShare(share, of: shape, layer: layer)
      return
    }
    guard policy.selection != .all else {
      let arrived = streamWeights(.ffn, bytes: setting.storedBytes(of: matrices.elements, part))
      addNorm(layer, after: arrived)
      addProducts("ffn.up", matrices.filter { $0.name != "down" }, after: arrived)
      addDenseActivation(shape)
      addProducts("ffn.down", matrices.filter { $0.name == "down" })
      return
    }
    addNorm(layer, after: [])
    addPredictor(shape, index: index)
    let elements = shape.elementsPerNeuron(hidden: hidden)
    let arrived = addBundleRead(shape, bytes: setting.storedBytes(of: elements, part))
    guard policy.compute else { return }
    addProduct(
      "neurons.compute", site: .neurons, elements: elements, launches: 0,
      column: "neurons.chosen", after: arrived)
    addElementwise("neurons.launch", site: .neurons, width: Double(shape.intermediate), launches: 2)
  }

  mutating func addNorm(_ layer: Layer, after: [Dependency]) {
    guard layer.normCount > 0 else { return }
    addNorm("ffn.norm", after: after)
  }

  /// Without a word of the runtime, the kernel of the product before applies it.
  private mutating func addDenseActivation(_ shape: DenseFeedForward) {
    addActivation("ffn.activation", width: shape.intermediate, launches: 0)
  }

  /// A low-rank product: hidden to rank, rank to neurons.
  private mutating func addPredictor(_ shape: DenseFeedForward, index: Int) {
    guard let rank = setting.predictorRank(layer: index) else { return }
    let elements = Double(rank) * Double(setting.model.hidden + shape.intermediate)
    addProduct("neurons.predict", site: .neurons, elements: elements, launches: 2)
  }

  /// Reads the new neurons' weights, and makes room for them in memory.
  private mutating func addBundleRead(_ shape: DenseFeedForward, bytes: Double) -> [Dependency] {
    let policy = setting.method.neurons
    guard let placement = setting.method.weights.placements[.ffn] else { return [] }
    let vectors = shape.gated ? 3.0 : 2.0
    let arrived = add(
      Fetch(
        name: "neurons.read", site: .neurons, tier: placement.tier, column: "neurons.read",
        bytes: bytes, pieces: policy.bundle == .rowColumn ? 1 : vectors, transfer: .copyEngine,
        depth: policy.depth, after: afterMain(), besideMain: true))
    guard policy.movedPerByte > 0 else { return arrived }
    addMove(
      "neurons.move", site: .neurons, bytes: bytes * movedPerByte(policy.movedPerByte),
      column: "neurons.read", after: arrived)
    return []
  }

  /// Bytes moved for each stored byte that comes in, counted as the mean of what is read and what
  /// is written. Newcomers are read as they are stored and written as the runtime holds them; the
  /// rest, which fills vacated slots, is read and written as held.
  private func movedPerByte(_ stated: Double) -> Double {
    let newcomers = min(1, stated)
    return newcomers * (1 + setting.widening) / 2 + (stated - newcomers) * setting.widening
  }

  /// Data moved about in the near tier by the processor, on the model's own stream.
  mutating func addMove(
    _ name: String, site: Site, bytes: Double, column name2: String, after: [Dependency]
  ) {
    add(
      Operation(
        name: name, site: site, kind: .move, stream: main,
        traffic: [Traffic(through: nearTier, bytes: Affine(each: bytes))],
        launches: .zero, column: column(name2), skippedWhenEmpty: true, after: after))
  }
}
