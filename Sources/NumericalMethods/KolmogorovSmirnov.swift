import CGSL

/// The Kolmogorov-Smirnov test: does a sample come from a distribution?
public enum KolmogorovSmirnov {
  /// The largest distance between the sample's distribution and `cumulative`, 0 to 1.
  ///
  /// - Throws: `.tooFew` for an empty sample, `.notFinite` for NaN or infinity.
  public static func distance(
    _ sample: [Double], to cumulative: (Double) -> Double
  ) throws(NumericalFault) -> Double {
    let sorted = try Quantiles(sample).sorted
    let heights = sorted.map(cumulative)
    try Inputs.finite(heights, "cumulative")
    let count = Double(sorted.count)
    return heights.enumerated().reduce(0.0) { largest, point in
      let (rank, height) = (Double(point.offset), point.element)
      return max(largest, height - rank / count, (rank + 1) / count - height)
    }
  }

  /// The probability of a distance at least this large, for a continuous distribution.
  ///
  /// *Source*: Kolmogorov's limit with the finite-sample factor of Stephens, J. R. Stat. Soc. B 32
  /// (1970): λ = (√n + 0.12 + 0.11/√n) D. *Valid for* samples of 5 or more.
  /// - Throws: `.outOfRange` for a distance outside 0...1 or a count below 5.
  public static func upperTail(distance: Double, count: Int) throws(NumericalFault) -> Double {
    guard distance >= 0, distance <= 1 else {
      throw .outOfRange(argument: "distance", found: distance, allowed: "0 to 1")
    }
    guard count >= 5 else {
      throw .outOfRange(argument: "count", found: Double(count), allowed: "5 or more")
    }
    let root = Double(count).squareRoot()
    return limitTail((root + 0.12 + 0.11 / root) * distance)
  }

  /// The probability that Kolmogorov's limit variable exceeds `lambda`, 0 or more.
  ///
  /// Two series of the same function: each is used where a handful of terms is exact.
  static func limitTail(_ lambda: Double) -> Double {
    guard lambda > 0.1 else { return 1 }
    if lambda < 1 {
      let exponent = -(Double.pi * Double.pi) / (8 * lambda * lambda)
      let sum = stride(from: 1.0, through: 19, by: 2).reduce(0.0) { $0 + exp(exponent * $1 * $1) }
      return 1 - (2 * Double.pi).squareRoot() / lambda * sum
    }
    let sum = (1...10).reduce(0.0) { sum, k in
      let term = exp(-2 * Double(k * k) * lambda * lambda)
      return k.isMultiple(of: 2) ? sum - term : sum + term
    }
    return min(1, 2 * sum)
  }
}
