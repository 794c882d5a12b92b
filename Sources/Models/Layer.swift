import Quantities

/// A normalisation's weights: a scale, and a shift for layer norms.
public enum Norm: String, CaseIterable, Sendable {
  case scale, scaleAndShift = "scale-and-shift"
  /// Vectors that one norm holds.
  public var vectors: Int { self == .scale ? 1 : 2 }
}

/// The shape of one layer. Equal layers compare equal, so that they are priced once.
public struct Layer: Sendable, Hashable {
  public var attention: Attention
  public var feedForward: FeedForward
  public var norm: Norm
  /// Norms of the model's width in the layer.
  public var normCount: Int
  /// Streams that the residual is kept in; 1 but for hyper-connections (DeepSeek-V4), whose mixing
  /// weights are `(2 + streams) streams` x `streams hidden` before each of the two blocks.
  public var residualStreams = 1
  /// Further matrices that each token is multiplied with: the layers of a recording of kernels are
  /// not a whole transformer's.
  public var products: [Matrix] = []
  /// The layer is one of a convolutional network, and nothing else.
  public var convolution: Convolution?

  public init(
    attention: Attention, feedForward: FeedForward, norm: Norm = .scale, normCount: Int = 2
  ) {
    self.attention = attention
    self.feedForward = feedForward
    self.norm = norm
    self.normCount = normCount
  }

  /// Every weight of the layer in a model of width `hidden`, in the order of use.
  public func matrices(hidden: Int) -> [Matrix] {
    var list =
      attention.matrices(hidden: hidden) + feedForward.matrices(hidden: hidden)
      + products + (convolution.map { [$0.matrix] } ?? [])
    if normCount > 0 {
      list.append(Matrix("norms", .norm, rows: hidden, columns: normCount * norm.vectors))
    }
    if residualStreams > 1 {
      list.append(
        Matrix(
          "residual_mix", .attention, rows: 2 * (2 + residualStreams) * residualStreams,
          columns: residualStreams * hidden))
    }
    return list
  }

  /// Bytes that one more token adds to the KV cache of this layer once windows are full, at
  /// `precision`: `Attention.kvElementsPerToken` numbers.
  public func kvBytesPerToken(_ precision: Precision) -> Bytes {
    precision.bytes(of: attention.kvElementsPerToken)
  }

  /// Bytes of this layer's KV cache for one request of `context` tokens, at `precision`.
  public func kvBytes(context: Int, _ precision: Precision) -> Bytes {
    precision.bytes(of: attention.kvElements(context: context))
  }
}
