import Models
import Programs

extension NeuronsPolicy {
  /// Share of the neurons that some token of a batch computes, where each chooses a stated share for
  /// itself; nil where no share is stated.
  public func statedShare(batch: Int) -> Double? {
    switch selection {
    case .gate(let keep), .stated(let keep):
      var untouched = 1.0
      for _ in 0..<batch { untouched *= 1 - keep }
      return 1 - untouched
    case .all, .active, .predictor: return nil
    }
  }

  /// Whether the gate's product is computed whole.
  public var computesGate: Bool {
    if case .gate = selection { return true }
    return false
  }
}

extension StepBuilder {
  /// A dense block of which `share` of the neurons is computed: the gate's product whole where it
  /// chooses, then one kernel that gathers rows of the matrices before the nonlinearity, and one that
  /// gathers rows of the one behind it.
  mutating func addShare(_ share: Double, of shape: DenseFeedForward, layer: Layer) {
    let matrices = layer.feedForward.matrices(hidden: setting.model.hidden)
    let whole = setting.method.neurons.computesGate ? matrices.filter { $0.name == "gate" } : []
    let down = matrices.filter { $0.name == "down" }
    let up = matrices.filter { !whole.contains($0) && !down.contains($0) }
    let read = whole.elements + share * (up.elements + down.elements)
    let arrived = streamWeights(.ffn, bytes: setting.storedBytes(of: read, part))
    addNorm(layer, after: arrived)
    addProducts("neurons.gate", site: .neurons, whole)
    if !whole.isEmpty {
      // The nonlinearity and the comparison with the threshold; the product is the next kernel's.
      addActivation("neurons.activation", site: .neurons, width: shape.intermediate, launches: 1)
    }
    // What is stated may lie together, and then is a product of so many neurons.
    let hidden = whole.isEmpty ? setting.model.hidden : 0
    addProduct("neurons.up", site: .neurons, elements: share * up.elements, inputs: hidden)
    if whole.isEmpty {
      addActivation("neurons.activation", site: .neurons, width: shape.intermediate, launches: 0)
    }
    let inner = whole.isEmpty ? Int((share * Double(shape.intermediate)).rounded()) : 0
    addProduct("neurons.down", site: .neurons, elements: share * down.elements, inputs: inner)
  }
}
