import Models
import Programs

/// Over how many devices a server spreads one model; all numbers of the scenario are of one of them.
public struct DeviceSpread: Sendable, Hashable {
  /// Devices that share every matrix and the heads: they add up their results after attention and
  /// after the feed-forward block.
  public var tensor = 1
  /// Devices that experts are dealt out to. Each computes attention for requests of its own, and tokens
  /// go to the experts' devices and back. Not with `tensor`.
  public var experts = 1

  public init(tensor: Int = 1, experts: Int = 1) {
    self.tensor = tensor
    self.experts = experts
  }

  public var isOne: Bool { tensor == 1 && experts == 1 }
}

/// What devices that share a model exchange in a step.
extension StepBuilder {
  /// Each has a part of every sum that the output projection makes.
  mutating func addAttentionReduce(_ attention: Attention, phase: String = "") {
    guard setting.method.spread.tensor > 1, attention != .none else { return }
    addCollective("\(phase)attention.reduce", .allReduce, numbers: Double(setting.model.hidden))
  }

  /// Before the experts: the tokens of all devices come to each, with their router's scores.
  mutating func addExpertGather(_ feedForward: FeedForward, phase: String = "") {
    let spread = setting.method.spread
    guard case .experts(let it) = feedForward, spread.experts > 1 else {
      return
    }
    let width = setting.model.hidden + it.count * spread.experts
    addCollective("\(phase)experts.gather", .allGather, numbers: Double(width * spread.experts))
  }

  mutating func addFeedForwardReduce(_ feedForward: FeedForward, phase: String = "") {
    let spread = setting.method.spread
    let hidden = Double(setting.model.hidden)
    switch feedForward {
    case .none: return
    case .experts where spread.experts > 1:
      addCollective(
        "\(phase)experts.scatter", .reduceScatter, numbers: hidden * Double(spread.experts))
    case .experts, .dense:
      guard spread.tensor > 1 else { return }
      addCollective("\(phase)ffn.reduce", .allReduce, numbers: hidden)
    }
  }

  /// The logits of every device's part of the vocabulary come together.
  mutating func addLogitGather() {
    let tensor = setting.method.spread.tensor
    guard tensor > 1 else { return }
    addCollective(
      "head.gather", .allGather, numbers: Double(setting.model.vocabulary * tensor))
  }

  /// - Parameter numbers: of the message for each token of the device.
  private mutating func addCollective(
    _ name: String, _ pattern: CollectiveCall.Pattern, numbers: Double
  ) {
    let spread = setting.method.spread
    let bytes = setting.activations.bytes(of: numbers * Double(tokens)).value
    add(
      Operation(
        name: name, site: .partition, kind: .elementwise, stream: main,
        precision: setting.activations, flops: .zero,
        traffic: [Traffic(through: nearTier, bytes: Affine(base: 2 * bytes))], after: [],
        call: .constant(
          .collective(
            CollectiveCall(
              pattern: pattern, devices: max(spread.tensor, spread.experts), bytes: bytes)))))
  }
}
