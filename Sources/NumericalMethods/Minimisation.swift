import CGSL

/// Where a function of one number is least.
public enum Minimisation {
  /// An abscissa between `low` and `high` where `function` is least, by Brent's method.
  ///
  /// Evenly spaced points choose the valley; of several equally deep ones the first. A function
  /// that falls towards an end has its minimum at that end. Near a smooth minimum the function is
  /// flat, so the abscissa is known to half of a number's digits only.
  /// - Parameters:
  ///   - scan: the number of intervals of the first look, 2 or more.
  ///   - tolerance: how far the abscissa may be off, relative to its size or to the interval; 1e-7
  ///     or more.
  /// - Throws: `.outOfRange`, `.notFinite` when the function gives NaN or infinity,
  ///   `.notConverged` after 200 steps.
  public static func brent(
    from low: Double, to high: Double, scan: Int = 32, tolerance: Double = 1e-7,
    _ function: @escaping (Double) -> Double
  ) throws(NumericalFault) -> Double {
    try Interval.check(low, high, tolerance)
    guard tolerance >= 1e-7 else {
      throw .outOfRange(argument: "tolerance", found: tolerance, allowed: "1e-7 or more")
    }
    guard scan >= 2 else {
      throw .outOfRange(argument: "scan", found: Double(scan), allowed: "2 or more")
    }
    switch try look(from: low, to: high, scan: scan, function) {
    case .found(let place): return place
    case .valley(let a, let guess, let b):
      return try descend(a, guess, b, tolerance, function)
    }
  }

  private enum Look {
    case found(Double)
    case valley(Double, Double, Double)
  }

  private static func look(
    from low: Double, to high: Double, scan: Int, _ function: (Double) -> Double
  ) throws(NumericalFault) -> Look {
    let x = (0...scan).map { low + (high - low) * (Double($0) / Double(scan)) }
    let y = x.map(function)
    try Inputs.finite(y, "function")
    let least = y.indices.reduce(0) { y[$1] < y[$0] ? $1 : $0 }
    if least == 0 { return try closeIn(on: low, from: x[1], function) }
    if least == scan { return try closeIn(on: high, from: x[scan - 1], function) }
    // Points level with the least one do not close the valley; the next higher one does.
    guard let right = y[(least + 1)...].firstIndex(where: { $0 > y[least] }) else {
      return .found(x[least])
    }
    return .valley(x[least - 1], x[least], x[right])
  }

  /// Halves the way to `end` until a lower point between shows a valley; else `end` is least.
  private static func closeIn(
    on end: Double, from next: Double, _ function: (Double) -> Double
  ) throws(NumericalFault) -> Look {
    let floor = function(end)
    var outer = next
    for _ in 0..<60 {
      let middle = end + (outer - end) / 2
      let height = function(middle)
      try Inputs.finite([height], "function")
      if height < floor {
        return .valley(min(end, outer), middle, max(end, outer))
      }
      outer = middle
    }
    return .found(end)
  }

  private static func descend(
    _ a: Double, _ guess: Double, _ b: Double, _ tolerance: Double,
    _ function: @escaping (Double) -> Double
  ) throws(NumericalFault) -> Double {
    Library.open()
    let solver = try Library.allocated(
      gsl_min_fminimizer_alloc(lacuna_min_brent()), "gsl_min_fminimizer_alloc")
    defer { gsl_min_fminimizer_free(solver) }
    return try ScalarFunction(function).withCView { view throws(NumericalFault) in
      try Interval.checkStep(
        gsl_min_fminimizer_set(solver, view, guess, a, b), "gsl_min_fminimizer_set")
      for _ in 0..<Interval.mostSteps {
        try Interval.checkStep(gsl_min_fminimizer_iterate(solver), "gsl_min_fminimizer_iterate")
        let low = gsl_min_fminimizer_x_lower(solver)
        let high = gsl_min_fminimizer_x_upper(solver)
        let place = gsl_min_fminimizer_x_minimum(solver)
        if Interval.isNarrow(low, high, tolerance) || high - low <= tolerance * (b - a) {
          return place
        }
      }
      throw .notConverged(iterations: Interval.mostSteps)
    }
  }
}
