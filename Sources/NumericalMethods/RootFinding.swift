import CGSL

/// Where a continuous function of one number is zero.
public enum RootFinding {
  /// A root between `low` and `high`, by Brent's method.
  ///
  /// - Parameter tolerance: how far the root may be off, relative to its size.
  /// - Throws: `.outOfRange` for an empty interval, `.noSignChange`, `.notFinite` when the
  ///   function gives NaN or infinity, `.notConverged` after 200 steps.
  public static func brent(
    from low: Double, to high: Double, tolerance: Double = 1e-12,
    _ function: @escaping (Double) -> Double
  ) throws(NumericalFault) -> Double {
    try Interval.check(low, high, tolerance)
    let ends = (low: function(low), high: function(high))
    try Inputs.finite([ends.low, ends.high], "function")
    if ends.low == 0 { return low }
    if ends.high == 0 { return high }
    guard (ends.low < 0) != (ends.high < 0) else { throw .noSignChange(low: low, high: high) }

    Library.open()
    let solver = try Library.allocated(
      gsl_root_fsolver_alloc(lacuna_root_brent()), "gsl_root_fsolver_alloc")
    defer { gsl_root_fsolver_free(solver) }
    return try ScalarFunction(function).withCView { view throws(NumericalFault) in
      try Library.check(gsl_root_fsolver_set(solver, view, low, high), "gsl_root_fsolver_set")
      for _ in 0..<Interval.mostSteps {
        try Interval.checkStep(gsl_root_fsolver_iterate(solver), "gsl_root_fsolver_iterate")
        let (a, b) = (gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver))
        let root = gsl_root_fsolver_root(solver)
        if function(root) == 0 || Interval.isNarrow(a, b, tolerance) { return root }
      }
      throw .notConverged(iterations: Interval.mostSteps)
    }
  }
}

/// What root finding and minimisation share: an interval that shrinks.
enum Interval {
  static let mostSteps = 200

  static func check(
    _ low: Double, _ high: Double, _ tolerance: Double
  ) throws(NumericalFault) {
    try Inputs.finite([low, high], "interval")
    guard low < high else {
      throw .outOfRange(argument: "high", found: high, allowed: "above \(low)")
    }
    guard tolerance > 0, tolerance < 1 else {
      throw .outOfRange(argument: "tolerance", found: tolerance, allowed: "above 0 and below 1")
    }
  }

  /// The function's NaN reaches us as GSL's code for a bad function.
  static func checkStep(_ code: Int32, _ routine: String) throws(NumericalFault) {
    if code == Int32(GSL_EBADFUNC) { throw .notFinite(argument: "function", index: 0) }
    try Library.check(code, routine)
  }

  /// Whether `a` and `b` differ by at most the tolerance, or by the last digits that a number has.
  static func isNarrow(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    let size = max(abs(a), abs(b))
    return abs(b - a) <= max(tolerance * size, 4 * size.ulp)
  }
}
