import Costs
import Hardware
import NumericalMethods

/// Fits a residual surface: knots that follow the residuals where rows lie and each other elsewhere.
enum SurfaceFit {
  /// How strongly a knot is held to 0, and to its neighbours, in rows.
  private static let ridge = 2.0
  private static let stiffness = 4.0

  /// - Parameters:
  ///   - places: coordinates of each row on the grid.
  ///   - residuals: logarithm of measured over predicted time.
  /// - Throws: `NumericalFault` when the system has no solution.
  static func fit(
    _ grid: ResidualGrid, places: [(Double, Double)], residuals: [Double]
  ) throws(NumericalFault) -> ResidualSurface {
    let count = grid.firstCount * grid.secondCount
    var gram = [Double](repeating: 0, count: count * count)
    var target = [Double](repeating: 0, count: count)
    let empty = surface(grid, [Double](repeating: 0, count: count))
    // Robust as the form's own fit is: far residuals pull no harder than near ones.
    let middle = try Quantiles(residuals.map { abs($0) }).median
    let limit = 1.345 * max(0.01, middle / 0.6745)
    for (place, residual) in zip(places, residuals) {
      let weight = abs(residual) <= limit ? 1 : limit / abs(residual)
      let c = empty.corners(place.0, place.1)
      let corners = [c.low, c.high, c.lowNext, c.highNext]
      for (a, shareA) in corners where shareA > 0 {
        target[a] += weight * shareA * residual
        for (b, shareB) in corners where shareB > 0 {
          gram[a * count + b] += weight * shareA * shareB
        }
      }
    }
    for knot in 0..<count { gram[knot * count + knot] += ridge }
    for i in 0..<grid.firstCount {
      for j in 0..<grid.secondCount {
        let knot = i * grid.secondCount + j
        if i + 1 < grid.firstCount { tie(knot, knot + grid.secondCount, count, &gram) }
        if j + 1 < grid.secondCount { tie(knot, knot + 1, count, &gram) }
      }
    }
    return surface(grid, try LinearSystem.solve(gram, target))
  }

  private static func tie(_ a: Int, _ b: Int, _ count: Int, _ gram: inout [Double]) {
    gram[a * count + a] += stiffness
    gram[b * count + b] += stiffness
    gram[a * count + b] -= stiffness
    gram[b * count + a] -= stiffness
  }

  private static func surface(_ grid: ResidualGrid, _ values: [Double]) -> ResidualSurface {
    ResidualSurface(
      firstStart: grid.firstStart, firstStep: grid.firstStep, firstCount: grid.firstCount,
      secondStart: grid.secondStart, secondStep: grid.secondStep, secondCount: grid.secondCount,
      values: values)
  }
}
