import Costs
import Hardware
import NumericalMethods
import Plots
import Programs
import Quantities
import Testing

@testable import Validation

struct ErrorSummaryTests {
  @Test func isWhatAHandComputes() throws {
    let summary = try ErrorSummary([0.1, -0.1, 0.3, -0.5, 0])
    #expect(abs(summary.mean - 0.2) < 1e-15)
    #expect(summary.median == 0.1)
    // Sizes 0, .1, .1, .3, .5: nine tenths of the way is .6 of the step from .3 to .5.
    #expect(abs(summary.p90 - 0.42) < 1e-15)
    #expect(abs(summary.bias - -0.04) < 1e-15)
  }
}

struct SurfaceFitTests {
  @Test func findsASmoothSurfaceAgain() throws {
    let knots = [[0.0, 2, 4, 8], [0.0, 5, 10]]
    var places: [SurfacePoint] = []
    var residuals: [Double] = []
    for i in 0...80 {
      for j in 0...50 {
        let (x, y) = (Double(i) / 10, Double(j) / 5)
        places.append(SurfacePoint(x, y))
        residuals.append(0.02 * x - 0.01 * y)
      }
    }
    let surface = try SurfaceFit.fit(knots, places: places, residuals: residuals)
    for (place, residual) in zip(places, residuals) {
      // Knots are held to 0 with the weight of three rows, which tells at the corners.
      #expect(abs(surface(place) - residual) < 0.01)
    }
    // Beyond the knots the end value holds.
    #expect(surface(SurfacePoint(100, 0)) == surface(SurfacePoint(8, 0)))
  }

  @Test func sharesOfCornersSumToOne() {
    let surface = ResidualSurface(axes: [[0, 1, 3], [2], [0, 4]], values: [0, 1, 2, 3, 4, 5])
    for point in [SurfacePoint(-1, 2, 9), SurfacePoint(0.3, 7, 1), SurfacePoint(3, 2, 4)] {
      let corners = surface.corners(point)
      var sum = 0.0
      for i in 0..<8 { sum += corners[i].share }
      #expect(abs(sum - 1) < 1e-15)
    }
    // Half way between 2 and 4 on the first axis at the start of the third.
    #expect(surface(SurfacePoint(2, 2, 0)) == 3)
  }
}

struct LinearSystemTests {
  @Test func solvesTwoEquations() throws {
    // 4x + 2y = 2, 2x + 3y = -1.
    let solution = try LinearSystem.solve([4, 2, 2, 3], [2, -1])
    #expect(abs(solution[0] - 1) < 1e-14)
    #expect(abs(solution[1] + 1) < 1e-14)
  }

  @Test func refusesWhatHasNoSquareRoot() {
    #expect(throws: NumericalFault.self) { try LinearSystem.solve([1, 2, 2, 1], [1, 1]) }
  }
}

struct PlotTests {
  @Test func picturesAreDeterministicAndEscaped() {
    let plot = ScatterPlot(
      title: "a < b & c", x: .init("x", isLogarithmic: true), y: .init("y", isLogarithmic: false),
      series: [.init(name: "s", points: [(1, 2), (100, 4), (0, 1), (.nan, 2)])],
      lines: [.level(3)])
    let svg = plot.svg()
    #expect(svg == plot.svg())
    #expect(svg.contains("a &lt; b &amp; c"))
    // Two points can be shown on a logarithmic axis; one more dot is the key's.
    #expect(svg.split(separator: "<circle").count - 1 == 3)
  }
}
