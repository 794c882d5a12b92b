/// Parameters fitted to observations, and how well the observations fix them.
public struct Fit: Hashable, Sendable {
  public let names: [String]
  public let values: [Double]
  /// Covariance of the parameters, row by row; empty when nothing is left over to judge errors by.
  public let covariance: [Double]
  /// Measured minus predicted, for each observation, without weights.
  public let residuals: [Double]
  /// What the loss left of each observation, 1 for all of it: an outlier's share is near 0.
  public let shares: [Double]
  /// Observations beyond the number of parameters.
  public let degreesOfFreedom: Int
  /// Steps of the solver, in all rounds.
  public let iterations: Int

  /// The fitted value of a parameter, or nil when none has that name.
  public subscript(name: String) -> Double? {
    names.firstIndex(of: name).map { values[$0] }
  }

  /// The standard error of each parameter, or nil when there are no degrees of freedom.
  public var standardErrors: [Double]? {
    guard degreesOfFreedom > 0 else { return nil }
    return names.indices.map { covariance[$0 * names.count + $0].squareRoot() }
  }

  /// Where the true value of each parameter lies, by Student's t.
  ///
  /// *Assumes* normal errors and a model that is nearly linear over the interval.
  /// - Throws: `.tooFew` without degrees of freedom, `.outOfRange` for a level outside (0, 1).
  public func intervals(level: Double) throws(NumericalFault) -> [ConfidenceInterval] {
    guard let errors = standardErrors else {
      throw .tooFew(
        argument: "observations", found: residuals.count, needed: residuals.count + 1)
    }
    var intervals: [ConfidenceInterval] = []
    for (value, error) in zip(values, errors) {
      intervals.append(
        try ConfidenceInterval(
          around: value, standardError: error, degreesOfFreedom: degreesOfFreedom, level: level))
    }
    return intervals
  }
}
