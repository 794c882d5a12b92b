import Models
import Programs

/// Lowers the pass over a prompt: matrix products with all its tokens, causal attention, and what
/// the method keeps in a far tier, read once.
///
/// Every expert that some token of the prompt chooses is read; with t tokens and k of E experts each,
/// that is E (1 - (1 - k/E)^t) in the mean when choices are even, so all of them for long prompts.
public enum PrefillStep {
  public static func lower(_ setting: Setting) -> LoweredStep {
    var builder = StepBuilder(setting)
    var blocks: [Block] = []
    var order: [BlockUse] = []
    var known: [Int: Int] = [:]
    for index in 0..<setting.model.layerCount {
      let shape = setting.model.shapeOfLayer[index]
      if known[shape] == nil {
        builder.addPromptLayer(index)
        known[shape] = blocks.count
        blocks.append(builder.closeBlock("prompt-\(index)"))
      }
      order.append(BlockUse(block: known[shape] ?? 0, layer: 0))
    }
    builder.addHead()
    order.append(BlockUse(block: blocks.count, layer: 0))
    blocks.append(builder.closeBlock("head"))
    return LoweredStep(
      streams: builder.streams, blocks: blocks, order: order, columns: builder.columns)
  }
}

extension StepBuilder {
  mutating func addPromptLayer(_ index: Int) {
    let layer = setting.model.layer(index)
    let hidden = setting.model.hidden
    let tokens = setting.workload.prompt * setting.workload.batch
    let attention = layer.attention.matrices(hidden: hidden)
    let arrived = streamWeights(
      .attention, bytes: setting.weights.bytes(of: attention.elements).value)
    addPromptProducts("prompt.attention", attention, tokens: tokens, after: arrived)
    addPromptAttention(layer.attention)
    let feed = layer.feedForward.matrices(hidden: hidden)
    let always = feed.filter { $0.role != .expert }
    let after = streamPromptFFN(
      bytes: setting.weights.bytes(of: always.filter { $0.role == .feedForward }.elements).value)
    addPromptProducts("prompt.ffn", always, tokens: tokens, after: after)
    if case .experts(let shape) = layer.feedForward {
      addPromptExperts(shape, feed.filter { $0.role == .expert }, index: index, tokens: tokens)
    }
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
      "prompt.experts", routed.activeElements, tokens: tokens, bytes: bytes,
      call: expertCall(shape, tokens: tokens).map { .constant(.experts($0)) },
      after: streamPromptExperts(bytes: bytes, experts: touched))
  }

  /// One product of all matrices, or those of different inputs apart where a calibrated kernel may
  /// price each.
  private mutating func addPromptProducts(
    _ name: String, _ matrices: [Matrix], tokens: Int, after: [Dependency]
  ) {
    guard callsProducts else {
      addPromptProduct(name, matrices.elements, tokens: tokens, after: after)
      return
    }
    for (place, group) in matrices.byInputs.enumerated() {
      addPromptProduct(
        place == 0 ? name : "\(name).\(group.name)", group.elements, tokens: tokens,
        call: productCall(rows: tokens, elements: group.elements, inputs: group.inputs),
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
        flops: Affine(base: 2 * elements * Double(tokens)),
        traffic: [
          Traffic(
            through: nearTier,
            bytes: Affine(base: bytes ?? setting.heldBytes(of: elements)))
        ], after: after, call: call))
  }

  /// Each query sees half the prompt on average, or its window.
  private mutating func addPromptAttention(_ attention: Attention) {
    guard attention.kvHeads > 0 else { return }
    let (bytes, flops) = perToken(attention)
    let prompt = Double(setting.workload.prompt)
    let seen = min(prompt / 2, attention.window.map(Double.init) ?? prompt)
    add(
      Operation(
        name: "prompt.attend", site: .attention, kind: .attentionPrefill, stream: main,
        precision: setting.activations, flops: Affine(base: flops * seen * prompt),
        traffic: [Traffic(through: nearTier, bytes: Affine(base: bytes * prompt))],
        call: promptCall(attention)))
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
