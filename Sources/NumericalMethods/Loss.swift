import CGSL

/// How strongly a large residual pulls on a fit.
///
/// A threshold is in units of the residuals' robust standard deviation and at least 1; the usual
/// ones lose 5% of efficiency when all errors are normal.
/// *Source*: Holland and Welsch, Commun. Stat. A6 (1977) 813.
public enum Loss: Hashable, Sendable {
  /// Least squares: twice as far pulls twice as hard.
  case squares
  /// Beyond the threshold the pull no longer grows.
  case huber(threshold: Double = 1.345)
  /// Beyond the threshold the pull fades: wild observations count for nothing.
  case cauchy(threshold: Double = 2.385)

  /// The weight of a residual `z` (in standard deviations): its pull over `z`.
  func share(_ z: Double) -> Double {
    switch self {
    case .squares: return 1
    case .huber(let limit): return abs(z) <= limit ? 1 : limit / abs(z)
    case .cauchy(let limit):
      let ratio = z / limit
      return 1 / (1 + ratio * ratio)
    }
  }

  /// What a residual `z` costs: its square while it is small.
  func cost(_ z: Double) -> Double {
    switch self {
    case .squares: return z * z
    case .huber(let limit):
      return abs(z) <= limit ? z * z : limit * (2 * abs(z) - limit)
    case .cauchy(let limit):
      let ratio = z / limit
      return limit * limit * gsl_log1p(ratio * ratio)
    }
  }

  /// How the pull changes with the residual.
  func slope(_ z: Double) -> Double {
    switch self {
    case .squares: return 1
    case .huber(let limit): return abs(z) <= limit ? 1 : 0
    case .cauchy:
      let share = share(z)
      return share * (2 * share - 1)
    }
  }

  func check() throws(NumericalFault) {
    switch self {
    case .squares: return
    case .huber(let limit), .cauchy(let limit):
      guard limit >= 1, limit.isFinite else {
        throw .outOfRange(argument: "threshold", found: limit, allowed: "1 or more")
      }
    }
  }

  /// The robust standard deviation of residuals about zero: their median size over 0.6745.
  ///
  /// When more than half of the observations are met to the last digit the median is no guide, so
  /// the deviation does not fall below `floor`.
  static func deviation(_ residuals: [Double], floor: Double) throws(NumericalFault) -> Double {
    max(try Quantiles(residuals.map { abs($0) }).median / 0.674_489_750_196_081_7, floor)
  }

  /// The variance factor of the parameters: Σψ²/(n - p) over the squared mean of ψ'.
  ///
  /// For `squares` this is the residual variance. *Source*: Huber, Robust Statistics (1981), 7.6.
  func varianceFactor(
    _ residuals: [Double], deviation: Double, degreesOfFreedom: Int
  ) -> Double {
    var (pull, slopes) = (0.0, 0.0)
    for residual in residuals {
      let z = residual / deviation
      pull += z * share(z) * z * share(z)
      slopes += slope(z)
    }
    let meanSlope = slopes / Double(residuals.count)
    return deviation * deviation * pull / Double(degreesOfFreedom) / (meanSlope * meanSlope)
  }
}
