import Models
import Policies
import Quantities
import Workloads

extension MemoryPlan {
  /// What a step of training holds beside the weights, at the end of the forward pass: gradients and
  /// state of the optimiser for what is trained, what layers keep, and the loss.
  ///
  /// Of the loss there are the logits in the format of activations and their logarithmic softmax in
  /// fp32, of as many tokens as are computed at once. Where the loop holds what the forward pass
  /// returns, there are logits and KV in that format besides; a loss in pieces returns no logits. Where
  /// layers are computed again, the tensors of one lie beside the inputs of all.
  mutating func placeTraining(_ setting: Setting) {
    guard let training = setting.workload.training else { return }
    let near = setting.nearTier
    let share = setting.deviceShare
    shareWeights(share, near)
    let trained = setting.trainedElements(share)
    add(near, "gradients", training.goesBack ? setting.weights.bytes(of: trained).value : 0)
    add(near, "optimiser", training.optimiser.stateBytes * trained)
    guard training.goesBack else { return }
    let kept = KeptActivations(setting, share)
    let layers = Int((Double(setting.model.layerCount) * share.layers).rounded(.up))
    let sum = (0..<layers).reduce(0.0) { $0 + kept.bytes(layer: $1) }
    let away = training.offload?.share ?? 0
    if let offload = training.offload { add(offload.tier, "kept activations", sum * away) }
    add(near, "kept activations", sum * (1 - away))
    if training.recompute == .layers || away > 0 {
      let largest = (0..<layers).map { kept.whole(layer: $0) }.max() ?? 0
      add(near, "activations of one layer", largest)
    }
    placeLoss(setting, training, tokens: kept.tokens)
  }

  /// A device keeps its part of the weights.
  private mutating func shareWeights(_ share: DeviceShare, _ near: String) {
    scale(near, by: share.weights * share.layers)
  }

  private mutating func placeLoss(
    _ setting: Setting, _ training: TrainingShape, tokens: Double
  ) {
    let (near, model) = (setting.nearTier, setting.model)
    let logits = tokens * Double(model.vocabulary)
    let atOnce = training.lossChunk.map { min(1, Double($0) / tokens) } ?? 1
    add(near, "loss", logits * KeptActivations.logitBytes(setting) * atOnce)
    guard let outputs = training.outputs else { return }
    if training.lossChunk == nil { add(near, "returned logits", outputs.bytes(of: logits).value) }
    // Layers that are computed again would write their entries twice: the loop keeps none.
    guard training.recompute == .none else { return }
    let entries = (0..<model.layerCount).reduce(0.0) { sum, index in
      sum + model.layer(index).attention.kvElementsPerToken * setting.keptByAttention(layer: index)
    }
    add(near, "returned KV", outputs.bytes(of: entries * tokens).value)
  }
}
