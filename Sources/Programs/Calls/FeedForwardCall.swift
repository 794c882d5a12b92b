import Quantities

/// A ReLU feed-forward layer of one token: dense, or only the rows of the neurons that fire.
public struct FeedForwardCall: Sendable, Hashable {
  public var hidden: Int
  public var inner: Int
  /// Neurons that are read; nil is the dense layer as two plain matrix-vector products.
  public var neurons: Int?
  public var precision: Precision

  public init(hidden: Int, inner: Int, neurons: Int?, precision: Precision) {
    self.hidden = hidden
    self.inner = inner
    self.neurons = neurons
    self.precision = precision
  }

  public var bytes: Double {
    2 * Double(neurons ?? inner) * Double(hidden) * precision.bits / 8
  }

  public var flops: Double { 4 * Double(neurons ?? inner) * Double(hidden) }
}
