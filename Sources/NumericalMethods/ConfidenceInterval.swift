import CGSL

/// A range that holds the true value with probability `level`, if the errors are normal.
public struct ConfidenceInterval: Hashable, Sendable {
  public let low: Double
  public let high: Double
  /// The coverage, above 0 and below 1.
  public let level: Double

  /// `estimate` ± Student's t times its standard error.
  ///
  /// - Throws: `.outOfRange` for a level outside (0, 1), a negative error, or no degrees of freedom.
  public init(
    around estimate: Double, standardError: Double, degreesOfFreedom: Int, level: Double
  ) throws(NumericalFault) {
    guard standardError >= 0, standardError.isFinite else {
      throw .outOfRange(argument: "standardError", found: standardError, allowed: "0 or more")
    }
    let reach =
      try StudentT.twoSided(level: level, degreesOfFreedom: degreesOfFreedom) * standardError
    low = estimate - reach
    high = estimate + reach
    self.level = level
  }

  /// Whether `value` lies in the interval, its ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

/// Student's t distribution.
public enum StudentT {
  /// The t that a variable stays within, on both sides, with probability `level`.
  ///
  /// - Throws: `.outOfRange` for a level outside (0, 1) or fewer than 1 degree of freedom.
  public static func twoSided(
    level: Double, degreesOfFreedom: Int
  ) throws(NumericalFault) -> Double {
    try Inputs.openShare(level, "level")
    guard degreesOfFreedom >= 1 else {
      throw .outOfRange(
        argument: "degreesOfFreedom", found: Double(degreesOfFreedom), allowed: "1 or more")
    }
    Library.open()
    return gsl_cdf_tdist_Qinv((1 - level) / 2, Double(degreesOfFreedom))
  }
}

/// The mean of a sample and how well the sample fixes it.
public struct SampleMean: Hashable, Sendable {
  public let mean: Double
  /// The sample's standard deviation, with `count - 1` in the denominator.
  public let standardDeviation: Double
  public let count: Int

  /// - Throws: `.tooFew` for fewer than two values, `.notFinite` for NaN or infinity.
  public init(of values: [Double]) throws(NumericalFault) {
    try Inputs.atLeast(2, values, "values")
    try Inputs.finite(values, "values")
    Library.open()
    count = values.count
    mean = gsl_stats_mean(values, 1, values.count)
    standardDeviation = gsl_stats_sd_m(values, 1, values.count, mean)
  }

  /// The standard deviation of the mean.
  public var standardError: Double { standardDeviation / Double(count).squareRoot() }

  /// Where the true mean lies, by Student's t.
  public func interval(level: Double) throws(NumericalFault) -> ConfidenceInterval {
    try ConfidenceInterval(
      around: mean, standardError: standardError, degreesOfFreedom: count - 1, level: level)
  }
}
