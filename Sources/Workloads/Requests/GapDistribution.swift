import Diagnostics
import NumericalMethods
import Quantities

/// How long it is from one arrival to the next, each gap drawn by itself.
public struct GapDistribution: Sendable, Hashable {
  /// The form of the distribution; the mean stands beside it.
  public enum Form: Sendable, Hashable {
    /// All gaps alike.
    case constant
    /// A Poisson process.
    case exponential
    /// Shapes below 1 are bursty, 1 is Poisson.
    case gamma(shape: Double)
    /// Shapes below 1 are bursty, 1 is Poisson.
    case weibull(shape: Double)
  }

  public let form: Form
  /// The mean gap; positive.
  public let mean: Seconds
  /// What one draw of the form at hand is multiplied by.
  private let scale: Double

  private init(_ form: Form, mean: Double, scale: Double) {
    self.form = form
    self.mean = Seconds(mean)
    self.scale = scale
  }

  /// Requests in equal distances.
  /// - Throws: `Faults` with the key `rate` for one that is not in `rates`.
  public static func constant(rate: PerSecond) throws(Faults) -> GapDistribution {
    let mean = try mean(rate)
    return GapDistribution(.constant, mean: mean, scale: mean)
  }

  /// A Poisson process.
  /// - Throws: `Faults` with the key `rate`.
  public static func poisson(rate: PerSecond) throws(Faults) -> GapDistribution {
    let mean = try mean(rate)
    return GapDistribution(.exponential, mean: mean, scale: mean)
  }

  /// Gamma gaps; a coefficient of variation above 1 is burstier than Poisson.
  /// - Parameter variation: deviation over mean of the gaps, 0.01 to 100.
  /// - Throws: `Faults` with the keys `rate` and `variation`.
  public static func gamma(
    rate: PerSecond, variation: Double
  ) throws(Faults) -> GapDistribution {
    try check(variation, "variation", in: variations)
    return try gamma(rate: rate, shape: 1 / (variation * variation))
  }

  /// Gamma gaps of a given shape, `1 / variation^2`.
  /// - Throws: `Faults` with the keys `rate` and `shape`.
  public static func gamma(rate: PerSecond, shape: Double) throws(Faults) -> GapDistribution {
    let mean = try mean(rate)
    try check(shape, "shape", in: shapes)
    return GapDistribution(.gamma(shape: shape), mean: mean, scale: mean / shape)
  }

  /// Weibull gaps of a given coefficient of variation, 0.02 to 100.
  /// - Throws: `Faults` with the keys `rate` and `variation`.
  public static func weibull(
    rate: PerSecond, variation: Double
  ) throws(Faults) -> GapDistribution {
    try check(variation, "variation", in: 0.02...100)
    do {
      let shape = try RootFinding.brent(from: 0.1, to: 100) { shape in
        do {
          return try GammaFunction.weibullVariation(shape: shape) - variation
        } catch {
          return .nan
        }
      }
      return try weibull(rate: rate, shape: shape)
    } catch let faults as Faults {
      throw faults
    } catch {
      throw refusal("variation", "\(variation)", "a number between 0.02 and 100")
    }
  }

  /// Weibull gaps of a given shape.
  /// - Throws: `Faults` with the keys `rate` and `shape`.
  public static func weibull(rate: PerSecond, shape: Double) throws(Faults) -> GapDistribution {
    let mean = try mean(rate)
    try check(shape, "shape", in: 0.05...shapes.upperBound)
    do {
      let unit = Elementary.exponential(try GammaFunction.logarithm(at: 1 + 1 / shape))
      return GapDistribution(.weibull(shape: shape), mean: mean, scale: mean / unit)
    } catch {
      throw refusal("shape", "\(shape)", "a number between 0.05 and \(shapes.upperBound)")
    }
  }

  /// Requests a second that have a meaning: one in three months to one a nanosecond.
  public static let rates = 1e-7...1e9
  static let shapes = 1e-4...1e5
  static let variations = 0.01...100.0

  /// One gap in seconds; 0 or more.
  func draw(_ stream: inout KeyedStream) -> Double {
    switch form {
    case .constant: scale
    case .exponential: scale * stream.exponential()
    case .gamma(let shape): scale * stream.gamma(shape: shape)
    case .weibull(let shape): scale * stream.weibull(shape: shape)
    }
  }

  private static func mean(_ rate: PerSecond) throws(Faults) -> Double {
    try check(rate.value, "rate", in: rates, unit: "/s")
    return 1 / rate.value
  }

  private static func check(
    _ value: Double, _ key: String, in range: ClosedRange<Double>, unit: String = ""
  ) throws(Faults) {
    guard range.contains(value) else {
      throw refusal(
        key, "\(value)\(unit)",
        "a number between \(range.lowerBound) and \(range.upperBound)\(unit)")
    }
  }
}

/// A fault of what was asked of a stream; callers that read a file put it at the key's line.
func refusal(_ key: String, _ found: String, _ allowed: String) -> Faults {
  Faults(
    .outOfRange(key: key, found: found, allowed: allowed), at: SourcePosition(file: "requests"))
}
