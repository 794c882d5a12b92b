import Models
import Programs
import Quantities
import Workloads

/// What layers keep of the forward pass for the backward pass, by the tensors that its formulas read.
///
/// Of each token that passes through the part:
///
/// - a norm its input in fp32, in which it works;
/// - a product with trained weights its input, once for all products that read it; a frozen product
///   nothing; an adapter its own copy of the input;
/// - attention queries, keys, values and results, and one number in fp32 for each head;
/// - a feed-forward block with a gate the gate's product, its nonlinearity and the other product; one
///   without the nonlinearity's result where that is a rectifier, else its input.
public struct KeptActivations: Sendable {
  private let setting: Setting
  private let training: TrainingShape

  /// - Parameter share: what a device has of the tokens.
  public init(_ setting: Setting, _ share: DeviceShare) {
    self.setting = setting
    tokens =
      Double(setting.promptPasses.first?.rows ?? 0) * Double(setting.workload.batch) * share.tokens
      * share.atOnce
    training = setting.workload.training ?? TrainingShape()
  }

  /// Tokens of one device at once.
  public let tokens: Double

  /// Bytes of one logit and its logarithmic softmax in fp32.
  public static func logitBytes(_ setting: Setting) -> Double {
    setting.activations.bytes(of: 1).value + Precision.fp32.bytes(of: 1).value
  }

  /// Bytes of what waits for the backward pass of one layer.
  public func bytes(layer index: Int) -> Double {
    guard training.recompute == .none else {
      return setting.activations.bytes(of: tokens * Double(setting.model.hidden)).value
    }
    return whole(layer: index)
  }

  /// Bytes that the backward pass of one layer reads, kept or computed again.
  public func whole(layer index: Int) -> Double { perToken(layer: index) * tokens }

  /// The same of one token.
  func perToken(layer index: Int) -> Double {
    let layer = setting.model.layer(index)
    let shares = setting.promptShares(layer: index)
    let hidden = Double(setting.model.hidden)
    let full = Precision.fp32.bytes(of: 1).value
    var bytes = Double(layer.normCount) * hidden * full * shares.layer
    bytes += attention(layer.attention) * shares.attention
    bytes += inputs(layer.attention.matrices(hidden: setting.model.hidden)) * shares.projections
    bytes += feedForward(layer.feedForward) * shares.feedForward
    return bytes
  }

  private var number: Double { setting.activations.bytes(of: 1).value }

  private func attention(_ attention: Attention) -> Double {
    let statistics = Double(attention.queryHeads) * Precision.fp32.bytes(of: 1).value
    guard case .grouped(let it) = attention else {
      let wide = attention.matrices(hidden: setting.model.hidden).reduce(0) { $0 + $1.rows }
      return Double(wide) * number + statistics
    }
    let queries = Double(it.queryHeads * (it.keyDimension + it.valueDimension))
    return (queries + it.kvElementsPerEntry) * number + statistics
  }

  /// Inputs of products whose weights, or whose adapters, are trained.
  private func inputs(_ matrices: [Matrix]) -> Double {
    let products = matrices.filter { $0.columns > 1 }
    if let adapters = training.adapters {
      let targets = products.filter { adapters.targets.contains($0.name) }
      return targets.reduce(0) { $0 + Double($1.columns) } * number
    }
    var widths: [Int] = []
    for matrix in products where !widths.contains(matrix.columns) { widths.append(matrix.columns) }
    return Double(widths.reduce(0, +)) * number
  }

  private func feedForward(_ block: FeedForward) -> Double {
    let isTrained = training.adapters == nil
    switch block {
    case .none: return 0
    case .dense(let shape):
      return inner(shape, isTrained: isTrained) * training.keptFFN
        + adapted(block.matrices(hidden: setting.model.hidden))
        + (isTrained ? Double(setting.model.hidden) * number : 0)
    case .experts(let shape):
      return inner(shape.expert, isTrained: isTrained) * Double(shape.topK)
        + (isTrained ? Double(setting.model.hidden * shape.topK) * number : 0)
    }
  }

  private func inner(_ shape: DenseFeedForward, isTrained: Bool) -> Double {
    let width = Double(shape.intermediate) * number
    if shape.gated { return width * (isTrained ? 4 : 3) }
    // A rectifier's result tells its gradient, and is the input of the next product.
    let isRectified = shape.activation == .relu
    return width * (isRectified || !isTrained ? 1 : 2)
  }

  private func adapted(_ matrices: [Matrix]) -> Double {
    guard let adapters = training.adapters else { return 0 }
    return matrices.filter { adapters.targets.contains($0.name) }
      .reduce(0) { $0 + Double($1.columns) } * number
  }
}
