import Models
import Programs
import Quantities
import Workloads

/// What a step of training has beside the layers of a prompt.
extension StepBuilder {
  private var training: TrainingShape { setting.workload.training ?? TrainingShape() }

  /// Low-rank products beside frozen matrices, as adapter libraries run them: the input is widened to
  /// fp32 and narrowed again, two products of the rank, a scale and a sum.
  mutating func addAdapters(layer index: Int, rows: Int) {
    guard let adapters = training.adapters else { return }
    let layer = setting.model.layer(index)
    let shares = setting.promptShares(layer: index)
    defer { tokens = setting.workload.batch }
    for matrix in layer.matrices(hidden: setting.model.hidden)
    where adapters.targets.contains(matrix.name) && matrix.columns > 1 {
      let share = matrix.role == .feedForward ? shares.feedForward : shares.projections
      tokens = deviceTokens(rows, share)
      let name = "\(TrainingCounts.adapters).\(matrix.name)"
      let (inputs, outputs) = (Double(matrix.columns), Double(matrix.rows))
      addElementwise(name + ".widen", kind: .elementwise, width: inputs, launches: 2)
      // Of a rank this small both products are bound by the activations that they read and write.
      let elements = Double(adapters.rank) * (inputs + outputs)
      let bytes = setting.activations.bytes(of: (inputs + outputs) * Double(tokens)).value
      add(
        Operation(
          name: name + ".product", site: .model, kind: .elementwise, stream: main,
          precision: setting.activations, flops: Affine(base: 2 * elements * Double(tokens)),
          traffic: [Traffic(through: nearTier, bytes: Affine(base: bytes))],
          launches: Affine(base: 2), rows: Double(tokens)))
      addElementwise(name + ".sum", kind: .elementwise, width: outputs, launches: 2)
    }
  }

  /// Logits of every token and their loss: widened to fp32, copied without the last token, and their
  /// logarithmic softmax, in pieces where that is stated.
  mutating func addTrainedHead(rows: Int) {
    tokens = deviceTokens(rows, 1)
    let pieces = training.lossChunk.map { (Double(tokens) / Double($0)).rounded(.up) } ?? 1
    defer { tokens = setting.workload.batch }
    addFinalNorm()
    addPromptProducts("prompt.head", setting.model.headMatrices, tokens: tokens, after: [])
    let logits = Double(setting.model.vocabulary) * Double(tokens)
    let (own, full) = (setting.activations.bytes(of: 1).value, Precision.fp32.bytes(of: 1).value)
    let moved = (own + full) + 2 * full + 2 * full
    add(
      Operation(
        name: "prompt.loss", site: .model, kind: .elementwise, stream: main,
        precision: setting.activations,
        traffic: [Traffic(through: nearTier, bytes: Affine(base: logits * moved))],
        launches: Affine(base: 3 * pieces), rows: Double(tokens)))
  }

  /// Tokens of one device that go through a part of the layer.
  func deviceTokens(_ rows: Int, _ share: Double) -> Int {
    let own = Double(rows) * share * deviceShare.tokens
    return max(1, Int(own.rounded())) * setting.workload.batch
  }

  /// The update reads gradient, moments and weights and writes all but the gradient.
  mutating func addUpdate() {
    let bytes =
      training.optimiser.bytesMoved(setting.activations) * setting.trainedElements(deviceShare)
    guard bytes > 0 else { return }
    add(
      Operation(
        name: "update", site: .model, kind: .elementwise, stream: main,
        precision: setting.activations,
        traffic: [Traffic(through: nearTier, bytes: Affine(base: bytes))]))
  }
}

/// Copies of kept activations to another tier and back.
extension StepBuilder {
  private static let offload = "forward.offload"

  private var offloadLink: (tier: String, link: String)? {
    guard let offload = training.offload, let link = setting.profile.link(offload.tier, nearTier)
    else { return nil }
    return (offload.tier, link.name)
  }

  /// What a layer of the forward pass waits for so that the copy of the one before has ended.
  func offloaded(_ bytes: Double) -> [Dependency] {
    guard bytes > 0, offloadLink != nil, training.offload?.overlaps == false else { return [] }
    return [Dependency(on: Self.offload, blocksBack: 1)]
  }

  mutating func addOffload(_ bytes: Double) {
    guard bytes > 0, let (tier, link) = offloadLink else { return }
    addCopy(
      Self.offload, bytes, tier, link, stream("d2h", .copy(link: link, towards: tier)),
      after: afterMain())
  }

  /// Returns what the backward pass of the layer waits for.
  mutating func addReturn(_ bytes: Double) -> [Dependency] {
    guard bytes > 0, let (tier, link) = offloadLink else { return [] }
    let name = "backward.return"
    addCopy(
      name, bytes, tier, link, stream("h2d", .copy(link: link, towards: nearTier)),
      after: training.offload?.overlaps == false ? [Dependency(on: "", blocksBack: 1)] : [])
    return [Dependency(on: name)]
  }

  private mutating func addCopy(
    _ name: String, _ bytes: Double, _ tier: String, _ link: String, _ stream: Int,
    after: [Dependency]
  ) {
    add(
      Operation(
        name: name, site: .model, kind: .copy, stream: stream,
        traffic: [link, tier, nearTier].map { Traffic(through: $0, bytes: Affine(base: bytes)) },
        after: after))
  }
}

extension TrainingShape.Optimiser {
  /// Bytes that the update of one weight moves.
  func bytesMoved(_ format: Precision) -> Double {
    let full = Precision.fp32.bytes(of: 1).value
    let own = format.bytes(of: 1).value
    switch self {
    case .none: return 0
    case .sgd: return full + 2 * own
    case .adam: return full + 2 * 3 * full + own
    }
  }

  /// Bytes of state for one weight beside it: moments, its copy in fp32.
  public var stateBytes: Double {
    switch self {
    case .none, .sgd: 0
    case .adam: 3 * Precision.fp32.bytes(of: 1).value
    }
  }
}

extension Setting {
  /// Weights that a step of training changes: all, or those of adapters.
  public func trainedElements(_ share: DeviceShare) -> Double {
    guard let training = workload.training else { return 0 }
    guard let adapters = training.adapters else {
      return
        (model.vocabulary > 0
        ? model.parameterCount : model.sumOverLayers { $0.matrices(hidden: model.hidden).elements })
        * share.weights * share.layers
    }
    return model.sumOverLayers { layer in
      layer.matrices(hidden: model.hidden).reduce(0) { sum, matrix in
        guard adapters.targets.contains(matrix.name), matrix.columns > 1 else { return sum }
        return sum + Double(adapters.rank) * Double(matrix.rows + matrix.columns)
      }
    }
  }
}
