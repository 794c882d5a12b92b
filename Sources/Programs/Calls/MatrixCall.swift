import Quantities

/// `y[m, n] = x[m, k] W[n, k]ᵀ`.
public struct MatrixCall: Sendable, Hashable {
  public var m: Int
  public var n: Int
  public var k: Int
  /// The format that the weights are stored in.
  public var weights: Precision
  /// The format that is multiplied, and of `x`.
  public var arithmetic: Precision
  /// Whether half of the weights are zeros in the 2:4 pattern and stored without them.
  public var isTwoFour: Bool
  /// Whether `x` is quantised in the call, as FP8 layers with dynamic scales do.
  public var quantisesInput: Bool
  /// Bytes that pass between two uses of the same weights; infinite when caches are flushed.
  public var reuseBytes: Double

  public init(
    m: Int, n: Int, k: Int, weights: Precision, arithmetic: Precision, isTwoFour: Bool = false,
    quantisesInput: Bool = false, reuseBytes: Double = .infinity
  ) {
    self.m = m
    self.n = n
    self.k = k
    self.weights = weights
    self.arithmetic = arithmetic
    self.isTwoFour = isTwoFour
    self.quantisesInput = quantisesInput
    self.reuseBytes = reuseBytes
  }

  /// Two for each multiplication asked for: dense-equivalent for 2:4.
  public var flops: Double { 2 * Double(m) * Double(n) * Double(k) }

  /// Weights as stored; 2:4 keeps half of the values and two bits of place for each that is kept.
  public var weightBytes: Double {
    let dense = Double(n) * Double(k)
    return isTwoFour ? dense / 2 * (weights.bits + 2) / 8 : dense * weights.bits / 8
  }

  /// Weights once, input once, output once in 16 bits.
  public var bytes: Double {
    weightBytes + Double(m) * Double(k) * (quantisesInput ? 2 : arithmetic.bits / 8)
      + Double(m) * Double(n) * 2
  }
}
