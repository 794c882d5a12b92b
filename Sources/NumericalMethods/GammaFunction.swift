import CGSL

/// The function that continues the factorial: `gamma(n + 1) = n!`.
public enum GammaFunction {
  /// The logarithm of the function at `x`.
  /// - Throws: `.outOfRange` for an `x` that is not positive and finite.
  public static func logarithm(at x: Double) throws(NumericalFault) -> Double {
    guard x > 0, x.isFinite else {
      throw .outOfRange(argument: "x", found: x, allowed: "above 0")
    }
    Library.open()
    return gsl_sf_lngamma(x)
  }

  /// The coefficient of variation of a Weibull variable of that shape.
  ///
  /// *Formula*: `sqrt(G(1 + 2/k) / G(1 + 1/k)^2 - 1)`, G the function of this type.
  /// - Throws: `.outOfRange` for a shape that is not positive and finite.
  public static func weibullVariation(shape: Double) throws(NumericalFault) -> Double {
    guard shape > 0, shape.isFinite else {
      throw .outOfRange(argument: "shape", found: shape, allowed: "above 0")
    }
    let excess = try logarithm(at: 1 + 2 / shape) - 2 * logarithm(at: 1 + 1 / shape)
    return expm1(excess).squareRoot()
  }
}
