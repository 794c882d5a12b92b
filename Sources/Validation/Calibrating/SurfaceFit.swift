import Hardware
import NumericalMethods

/// Fits a residual surface: knots that follow the residuals where rows lie and each other elsewhere.
enum SurfaceFit {
  /// How strongly a knot is held to 0, and to the line through its neighbours, in rows.
  private static let ridge = 3.0
  private static let stiffness = 0.5
  /// Residuals beyond this pull no harder: a tenth is a wild row, not a trend.
  private static let limit = 0.1
  private static let rounds = 4

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
    var surface = ResidualSurface(axes: axes, values: [Double](repeating: 0, count: count))
    let corners = places.map { surface.corners($0) }
    var weights = [Double](repeating: 1, count: residuals.count)
    for round in 0..<rounds {
      var gram = [Double](repeating: 0, count: count * count)
      var target = [Double](repeating: 0, count: count)
      for row in residuals.indices {
        let (corners, weight) = (corners[row], weights[row])
        for a in 0..<8 where corners[a].share > 0 {
          let pull = weight * corners[a].share
          target[corners[a].knot] += pull * residuals[row]
          for b in 0..<8 where corners[b].share > 0 {
            gram[corners[a].knot * count + corners[b].knot] += pull * corners[b].share
          }
        }
      }
      for knot in 0..<count { gram[knot * count + knot] += ridge }
      stiffen(axes.map(\.count), &gram)
      surface = ResidualSurface(axes: axes, values: try LinearSystem.solve(gram, target))
      guard round + 1 < rounds else { break }
      for row in residuals.indices {
        weights[row] = 1 / max(1, abs(residuals[row] - surface(places[row])) / limit)
      }
    }
    return surface
  }

  /// Holds each knot to the middle of its neighbours along each coordinate.
  private static func stiffen(_ sizes: [Int], _ gram: inout [Double]) {
    let count = sizes[0] * sizes[1] * sizes[2]
    let strides = [sizes[1] * sizes[2], sizes[2], 1]
    let bend = [1.0, -2, 1]
    for knot in 0..<count {
      for axis in 0..<3 where knot / strides[axis] % sizes[axis] + 2 < sizes[axis] {
        for a in 0..<3 {
          for b in 0..<3 {
            let place = (knot + a * strides[axis]) * count + knot + b * strides[axis]
            gram[place] += stiffness * bend[a] * bend[b]
          }
        }
      }
    }
  }
}
