import CGSL

/// A curve through points.
///
/// *Valid for* abscissae between the first and the last point.
public final class Spline: @unchecked Sendable {
  /// How the curve runs between two points.
  public enum Kind: Hashable, Sendable {
    /// Straight lines.
    case linear
    /// A smooth curve that rises only where the points rise: no overshoot, extremes only at points.
    ///
    /// *Source*: Steffen, Astron. Astrophys. 239 (1990) 443.
    case steffen
  }

  public let range: ClosedRange<Double>
  // Read only after `init`, and evaluated without GSL's look-up cache: safe from several threads.
  private let spline: UnsafeMutablePointer<gsl_spline>

  /// - Throws: `.tooFew` for fewer than two points, `.unequalLengths`, `.notFinite`,
  ///   `.notIncreasing` when `x` does not rise strictly.
  public init(x: [Double], y: [Double], kind: Kind = .steffen) throws(NumericalFault) {
    try Inputs.atLeast(2, x, "x")
    try Inputs.length(x.count, y, "y")
    try Inputs.finite(x, "x")
    try Inputs.finite(y, "y")
    for index in 1..<x.count where x[index] <= x[index - 1] {
      throw .notIncreasing(argument: "x", index: index)
    }
    Library.open()
    // GSL's Steffen curve needs three points; through two both kinds are the same line.
    let type =
      kind == .steffen && x.count > 2 ? lacuna_interp_steffen() : lacuna_interp_linear()
    let spline = try Library.allocated(gsl_spline_alloc(type, x.count), "gsl_spline_alloc")
    let code = gsl_spline_init(spline, x, y, x.count)
    guard code == Int32(GSL_SUCCESS) else {
      gsl_spline_free(spline)
      throw .refused(routine: "gsl_spline_init", code: code)
    }
    self.spline = spline
    range = x[0]...x[x.count - 1]
  }

  deinit { gsl_spline_free(spline) }

  /// The curve's height.
  ///
  /// - Throws: `.outOfRange` for an abscissa outside `range`: the curve does not extrapolate.
  public func value(at x: Double) throws(NumericalFault) -> Double {
    try check(x)
    var result = 0.0
    try Library.check(gsl_spline_eval_e(spline, x, nil, &result), "gsl_spline_eval_e")
    return result
  }

  /// The curve's slope.
  ///
  /// - Throws: `.outOfRange` for an abscissa outside `range`.
  public func slope(at x: Double) throws(NumericalFault) -> Double {
    try check(x)
    var result = 0.0
    try Library.check(gsl_spline_eval_deriv_e(spline, x, nil, &result), "gsl_spline_eval_deriv_e")
    return result
  }

  private func check(_ x: Double) throws(NumericalFault) {
    guard range.contains(x) else {
      throw .outOfRange(
        argument: "x", found: x, allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }
}
