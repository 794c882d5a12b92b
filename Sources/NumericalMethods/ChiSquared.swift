import CGSL

/// The chi-squared distribution and the test that rests on it.
public enum ChiSquared {
  /// The probability of a statistic at least this large.
  ///
  /// - Throws: `.outOfRange` for a negative statistic or fewer than 1 degree of freedom.
  public static func upperTail(
    _ statistic: Double, degreesOfFreedom: Int
  ) throws(NumericalFault) -> Double {
    guard statistic >= 0 else {
      throw .outOfRange(argument: "statistic", found: statistic, allowed: "0 or more")
    }
    try check(degreesOfFreedom)
    Library.open()
    return gsl_cdf_chisq_Q(statistic, Double(degreesOfFreedom))
  }

  /// The statistic that is exceeded with probability `tail`.
  ///
  /// - Throws: `.outOfRange` for a tail outside (0, 1) or fewer than 1 degree of freedom.
  public static func critical(
    tail: Double, degreesOfFreedom: Int
  ) throws(NumericalFault) -> Double {
    try Inputs.openShare(tail, "tail")
    try check(degreesOfFreedom)
    Library.open()
    return gsl_cdf_chisq_Qinv(tail, Double(degreesOfFreedom))
  }

  /// The probability that counts drawn from `expected` differ from it at least as `observed` does.
  ///
  /// *Assumes* that no parameter of `expected` was fitted to `observed`.
  /// *Valid for* expected counts of 5 or more in each cell; smaller ones are refused.
  /// - Throws: `.tooFew` for fewer than two cells, `.unequalLengths`, `.notFinite`, `.outOfRange`.
  public static func fit(
    observed: [Int], expected: [Double]
  ) throws(NumericalFault) -> Double {
    try Inputs.atLeast(2, expected, "expected")
    try Inputs.length(expected.count, observed, "observed")
    try Inputs.finite(expected, "expected")
    if let small = expected.first(where: { $0 < 5 }) {
      throw .outOfRange(argument: "expected", found: small, allowed: "5 or more")
    }
    let statistic = zip(observed, expected).reduce(0.0) { sum, cell in
      let difference = Double(cell.0) - cell.1
      return sum + difference * difference / cell.1
    }
    return try upperTail(statistic, degreesOfFreedom: expected.count - 1)
  }

  private static func check(_ degreesOfFreedom: Int) throws(NumericalFault) {
    guard degreesOfFreedom >= 1 else {
      throw .outOfRange(
        argument: "degreesOfFreedom", found: Double(degreesOfFreedom), allowed: "1 or more")
    }
  }
}
