import CGSL

/// Draws from continuous distributions; each takes as many words from the stream as it needs, in
/// order, so that equal streams give equal draws.
extension KeyedStream {
  /// A draw with mean 1 and density `e^-x`.
  public mutating func exponential() -> Double { -log1p(-uniform()) }

  /// A draw with mean 0 and deviation 1.
  ///
  /// *Source*: Box and Muller, A Note on the Generation of Random Normal Deviates (1958); its
  /// second deviate is not kept, so that a draw always takes two numbers.
  public mutating func normal() -> Double {
    let radius = (2 * exponential()).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A draw with density proportional to `x^(shape-1) e^-x`, whose mean is `shape`.
  ///
  /// Draws of a small shape may round to 0: half of those of shape 0.001 lie below 1e-301.
  ///
  /// *Source*: Marsaglia and Tsang, A Simple Method for Generating Gamma Variables (2000).
  /// - Precondition: `shape` is positive and finite.
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a shape is positive and finite")
    guard shape >= 1 else {
      let boost = pow(1 - uniform(), 1 / shape)
      return gamma(shape: shape + 1) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      let u = 1 - uniform()
      guard root > 0 else { continue }
      let v = root * root * root
      if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// A draw that exceeds x with probability `e^-(x^shape)`.
  /// - Precondition: `shape` is positive and finite.
  public mutating func weibull(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a shape is positive and finite")
    return pow(exponential(), 1 / shape)
  }
}
