import Models
import Programs

/// Lowers the pass over a prompt: matrix products with all its tokens, causal attention, and what
/// the method keeps in a far tier, read once.
///
/// Every expert that some token of the prompt chooses is read; with t tokens and k of E experts each,
/// that is E (1 - (1 - k/E)^t) in the mean when choices are even, so all of them for long prompts.
///
/// A prompt that is cut into chunks passes through all layers once for each, and reads the weights
/// each time.
public enum PrefillStep {
  public static func lower(_ setting: Setting) -> LoweredStep {
    var builder = StepBuilder(setting)
    var blocks: [Block] = []
    var order: [BlockUse] = []
    let isUniform = !setting.promptVariesByLayer
    for (place, pass) in setting.promptPasses.enumerated() {
      var known: [PromptKey: Int] = [:]
      var uses: [BlockUse] = []
      uses.reserveCapacity(setting.model.layerCount)
      for index in 0..<setting.model.layerCount {
        // Most models differ by layer in nothing but the shape, which is cheaper to see than a key.
        if isUniform, let before = uses.last,
          setting.model.shapeOfLayer[index] == setting.model.shapeOfLayer[index - 1]
        {
          uses.append(before)
          continue
        }
        let key = PromptKey(setting, layer: index)
        if known[key] == nil {
          builder.run(onHost: key.isOnHost)
          builder.addPromptLayer(index, pass, isFirst: place == 0)
          known[key] = blocks.count
          let block = builder.closeBlock(
            place == 0 ? "prompt-\(index)" : "prompt-\(place)-\(index)")
          let crosses = setting.method.weights.hostLayers != nil
          blocks.append(crosses ? block.afterTheOneBefore() : block)
        }
        uses.append(BlockUse(block: known[key] ?? 0, layer: 0))
      }
      for _ in 0..<pass.times { order += uses }
    }
    builder.run(onHost: false)
    if setting.model.vocabulary > 0 {
      builder.addHead()
      order.append(BlockUse(block: blocks.count, layer: 0))
      let head = builder.closeBlock("head")
      blocks.append(setting.method.weights.hostLayers == nil ? head : head.afterTheOneBefore())
    }
    if builder.issuesLaunches, !blocks.allSatisfy(\.operations.isEmpty) {
      builder.addLaunchStart()
      order.insert(BlockUse(block: blocks.count, layer: 0), at: 0)
      blocks.append(builder.closeBlock("host"))
    }
    return LoweredStep(
      streams: builder.streams, blocks: blocks, order: order, columns: builder.columns)
  }

  /// What makes two layers of a pass cost the same. `promptVariesByLayer` names the same parts.
  struct PromptKey: Hashable {
    var shape: Int
    /// For each part of the method that is for some layers, whether it is for this one.
    var parts: [Bool]
    var lookups: [Int]
    var isOnHost: Bool

    init(_ setting: Setting, layer: Int) {
      let count = setting.model.layerCount
      let policy = setting.method.prompt
      shape = setting.model.shapeOfLayer[layer]
      parts =
        policy.attention.map { $0.layers.contains(layer, of: count) }
        + policy.pruning.map { $0.layers.contains(layer, of: count) }
        + setting.method.overheads.map { $0.layers.contains(layer, of: count) }
      isOnHost = setting.isOnHost(layer)
      lookups = setting.method.lookups.isEmpty ? [] : setting.lookups(layer: layer)
    }
  }
}

extension Setting {
  /// Whether layers of one shape may differ in a prompt: what `PromptKey` holds beside the shape.
  fileprivate var promptVariesByLayer: Bool {
    !method.prompt.attention.isEmpty || !method.prompt.pruning.isEmpty || !method.overheads.isEmpty
      || !method.lookups.isEmpty || method.weights.hostLayers != nil
  }
}

extension StepBuilder {
  mutating func addPromptLayer(_ index: Int, _ pass: PromptPass, isFirst: Bool) {
    let layer = setting.model.layer(index)
    let hidden = setting.model.hidden
    let kept = setting.promptShares(layer: index)
    func tokens(_ share: Double) -> Int { deviceTokens(pass.rows, share) }
    self.tokens = tokens(kept.layer)
    defer { self.tokens = setting.workload.batch }
    if let convolution = layer.convolution { return addConvolution(convolution) }
    let loaded = isFirst ? addCachedLoad(layer.attention, kept: kept.layer) : []
    addOverheads(layer: index, of: pass, kept: kept.layer)
    addLookups(layer: index, inPrompt: true)
    let attention = layer.attention.matrices(hidden: hidden)
    part = .attention
    let arrived = streamWeights(
      .attention, bytes: setting.storedBytes(of: attention.elements, part))
    if layer.normCount > 0 { addNorm("prompt.attention.norm", after: arrived) }
    addPromptProducts(
      "prompt.projections", attention, tokens: tokens(kept.projections), after: arrived)
    addPositions("prompt", layer.attention)
    addPromptProducts("prompt.products", layer.products, tokens: self.tokens, after: [])
    addPromptAttention(
      layer.attention, layer: index, pass: pass, kept: kept.attention, after: loaded)
    addAttentionReduce(layer.attention, phase: "prompt.")
    let feed = layer.feedForward.matrices(hidden: hidden)
    let always = feed.filter { $0.role != .expert }
    part = .ffn
    let after = streamPromptFFN(
      bytes: setting.storedBytes(of: always.filter { $0.role == .feedForward }.elements, part))
    if layer.normCount > 0, layer.feedForward != .none {
      addNorm("prompt.ffn.norm", after: after)
    }
    self.tokens = tokens(kept.feedForward)
    addExpertGather(layer.feedForward, phase: "prompt.")
    addPromptProducts("prompt.ffn", always, tokens: self.tokens, after: after)
    switch layer.feedForward {
    case .dense(let shape):
      addActivation("prompt.activation", width: shape.intermediate, launches: 0)
    case .experts(let shape):
      addPromptExperts(shape, feed.filter { $0.role == .expert }, index: index, tokens: self.tokens)
    case .none: break
    }
    addFeedForwardReduce(layer.feedForward, phase: "prompt.")
  }

  /// KV that exists comes from its tier, the layers one after another, as soon as the pass begins.
  private mutating func addCachedLoad(_ attention: Attention, kept: Double) -> [Dependency] {
    guard let cached = setting.method.prompt.cached, let tier = cached.tier, tier != nearTier,
      attention.kvHeads > 0
    else { return [] }
    let tokens = Double(min(cached.tokens, setting.promptPositions - 1)) * kept
    let seen = min(tokens, attention.window.map(Double.init) ?? tokens)
    return add(
      Fetch(
        name: "prompt.cached.fetch", site: .cache, tier: tier, column: nil,
        bytes: perToken(attention).bytes * seen, pieces: max(1, seen / 64),
        transfer: setting.method.cache.transfer, depth: 32, after: [], besideMain: true))
  }

  private mutating func addPromptExperts(
    _ shape: ExpertFeedForward, _ routed: [Matrix], index: Int, tokens: Int
  ) {
    let share = Double(setting.method.experts.topK ?? shape.topK) / Double(shape.count)
    var untouched = 1.0
    for _ in 0..<min(4096, tokens) { untouched *= 1 - share }
    let touched = Double(shape.count) * (1 - untouched)
    let bytes = setting.bytesOfExpert(layer: index) * touched
    addPromptProduct(
      "prompt.routed", routed.activeElements, tokens: tokens, bytes: bytes,
      call: expertCall(shape, tokens: tokens).map { .constant(.experts($0)) },
      after: streamPromptExperts(bytes: bytes, experts: touched))
    guard !setting.runtime.fusedExperts else { return }
    addActivation(
      "prompt.activation", site: .experts,
      width: shape.expert.intermediate * (setting.method.experts.topK ?? shape.topK), launches: 2)
  }

  /// One product of all matrices, or those of different inputs apart where a calibrated kernel may
  /// price each.
  mutating func addPromptProducts(
    _ name: String, _ matrices: [Matrix], tokens: Int, after: [Dependency]
  ) {
    addWrapping(name, matrices)
    guard callsProducts else {
      addPromptProduct(name, matrices.elements, tokens: tokens, after: after)
      return
    }
    for (place, group) in matrices.byInputs.enumerated() {
      addPromptProduct(
        place == 0 ? name : "\(name).\(group.name)", group.elements, tokens: tokens,
        call: productCall(
          rows: tokens, elements: group.elements, inputs: group.inputs, form: form(part)),
        after: place == 0 ? after : [])
    }
  }

  private mutating func addPromptProduct(
    _ name: String, _ elements: Double, tokens: Int, bytes: Double? = nil,
    call: SizedCall? = nil, after: [Dependency]
  ) {
    guard elements > 0 else { return }
    add(
      Operation(
        name: name, site: .model, kind: .matrixProduct, stream: main, precision: setting.weights,
        flops: Affine(base: 2 * elements * Double(tokens) * setting.computedShare(part)),
        traffic: [
          Traffic(
            through: nearTier,
            bytes: Affine(base: bytes ?? setting.heldBytes(of: elements, part)))
        ], after: after, call: call))
  }

  /// Neurons chosen by token do not help a prompt: some token needs each of them.
  private mutating func streamPromptFFN(bytes: Double) -> [Dependency] {
    streamWeights(.ffn, bytes: bytes)
  }

  private mutating func streamPromptExperts(bytes: Double, experts: Double) -> [Dependency] {
    let policy = setting.method.experts
    guard let tier = policy.tier, tier != nearTier else { return [] }
    return add(
      Fetch(
        name: "prompt.experts.fetch", site: .experts, tier: tier, column: nil, bytes: bytes,
        pieces: max(1, experts), transfer: policy.transfer, depth: policy.depth,
        after: afterMain(), besideMain: true))
  }
}
