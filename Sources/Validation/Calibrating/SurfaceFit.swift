import Hardware
import NumericalMethods

/// Fits a residual surface: knots that follow the residuals where rows lie and each other elsewhere.
enum SurfaceFit {
  /// How strongly a knot is held to 0, and to its neighbours, in rows.
  private static let ridge = 3.0
  private static let stiffness = 0.5

  /// - Parameters:
  ///   - knots: along one to three coordinates.
  ///   - places: where each row lies.
  ///   - residuals: logarithm of measured over predicted time.
  /// - Throws: `NumericalFault` when the system has no solution.
  static func fit(
    _ knots: [[Double]], places: [SurfacePoint], residuals: [Double]
  ) throws(NumericalFault) -> ResidualSurface {
    let axes = knots + Array(repeating: [0], count: 3 - knots.count)
    let count = axes.reduce(1) { $0 * $1.count }
    let flat = ResidualSurface(axes: axes, values: [Double](repeating: 0, count: count))
    var gram = [Double](repeating: 0, count: count * count)
    var target = [Double](repeating: 0, count: count)
    // Robust as the form's own fit is: far residuals pull no harder than near ones.
    let limit = 1.345 * max(0.01, try Quantiles(residuals.map { abs($0) }).median / 0.6745)
    for (place, residual) in zip(places, residuals) {
      let weight = abs(residual) <= limit ? 1 : limit / abs(residual)
      let corners = flat.corners(place)
      for a in 0..<8 where corners[a].share > 0 {
        target[corners[a].knot] += weight * corners[a].share * residual
        for b in 0..<8 where corners[b].share > 0 {
          gram[corners[a].knot * count + corners[b].knot] +=
            weight * corners[a].share * corners[b].share
        }
      }
    }
    for knot in 0..<count { gram[knot * count + knot] += ridge }
    tie(axes.map(\.count), &gram)
    return ResidualSurface(axes: axes, values: try LinearSystem.solve(gram, target))
  }

  /// Ties each knot to the next along each coordinate.
  private static func tie(_ sizes: [Int], _ gram: inout [Double]) {
    let count = sizes[0] * sizes[1] * sizes[2]
    let strides = [sizes[1] * sizes[2], sizes[2], 1]
    for knot in 0..<count {
      for axis in 0..<3 where knot / strides[axis] % sizes[axis] + 1 < sizes[axis] {
        let next = knot + strides[axis]
        gram[knot * count + knot] += stiffness
        gram[next * count + next] += stiffness
        gram[knot * count + next] -= stiffness
        gram[next * count + knot] -= stiffness
      }
    }
  }
}
