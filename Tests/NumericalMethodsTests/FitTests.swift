import Foundation
import NumericalMethods
import Testing

@Suite struct RobustFitTests {
  let times = (0..<20).map { Double($0) * 0.5 }
  func decay(_ p: [Double], _ t: Double) -> Double { p[0] * exp(-p[1] * t) + p[2] }
  let start = [
    RobustFit.Parameter("amplitude", start: 1), .init("rate", start: 1), .init("floor", start: 0),
  ]

  @Test(arguments: [Loss.squares, .huber(), .cauchy()])
  func exactDecayIsRecovered(loss: Loss) throws {
    let fit = try RobustFit(parameters: start, loss: loss).fit(
      measured: times.map { decay([5, 0.7, 1.5], $0) }
    ) { p, i in decay(p, times[i]) }
    for (value, truth) in zip(fit.values, [5, 0.7, 1.5]) { #expect(abs(value - truth) < 1e-6) }
    #expect(fit["rate"] == fit.values[1])
    #expect(fit.degreesOfFreedom == 17)
  }

  /// Seconds of nanoseconds and rates of terabytes in one model.
  @Test func scalesMayDiffer() throws {
    let sizes = (0..<12).map { 4096.0 * Double(1 << $0) }
    let fit = try RobustFit(
      parameters: [.init("latency", start: 1e-6), .init("bandwidth", start: 1e12)]
    ).fit(measured: sizes.map { 3.5e-6 + $0 / 2.039e12 }) { p, i in p[0] + sizes[i] / p[1] }
    #expect(abs(fit.values[0] / 3.5e-6 - 1) < 1e-6)
    #expect(abs(fit.values[1] / 2.039e12 - 1) < 1e-6)
  }

  @Test func outliersDoNotSpoilIt() throws {
    var measured = times.map { decay([5, 0.7, 1.5], $0) + 0.01 * cos(37 * $0) }
    measured[3] += 4
    measured[11] -= 2
    func fit(_ loss: Loss) throws -> Fit {
      try RobustFit(parameters: start, loss: loss).fit(measured: measured) { p, i in
        decay(p, times[i])
      }
    }
    let robust = try fit(.cauchy())
    #expect(abs(robust.values[1] - 0.7) < 0.02)
    #expect(robust.shares[3] < 0.01)
    #expect(abs(try fit(.squares).values[1] - 0.7) > 0.1)
  }

  @Test func undeterminedParametersAreNamed() {
    let fit = RobustFit(parameters: [
      .init("a", start: 1), .init("b", start: 1), .init("slope", start: 1), .init("idle", start: 1),
    ])
    #expect(throws: NumericalFault.undetermined(parameters: ["a", "b", "idle"])) {
      try fit.fit(measured: times.map { 6 + 2 * $0 }) { p, i in p[0] + p[1] + p[2] * times[i] }
    }
  }

  @Test func refusals() {
    let fit = RobustFit(parameters: start)
    #expect(throws: NumericalFault.tooFew(argument: "observations", found: 2, needed: 3)) {
      try fit.fit(measured: [1, 2]) { p, _ in p[0] }
    }
    #expect(throws: NumericalFault.notFinite(argument: "measured", index: 1)) {
      try fit.fit(measured: [1, .nan, 3]) { p, _ in p[0] }
    }
    #expect(throws: NumericalFault.notFinite(argument: "prediction at the start", index: 0)) {
      try fit.fit(measured: [1, 2, 3]) { _, _ in .nan }
    }
    #expect(throws: NumericalFault.outOfRange(argument: "weights", found: 0, allowed: "above 0")) {
      try fit.fit(measured: [1, 2, 3], weights: [1, 0, 1]) { p, _ in p[0] }
    }
  }
}

@Suite struct LinearFitTests {
  /// By hand: x 1...4, y 2, 4, 5, 8; slope 1.9, intercept 0.
  @Test func lineByHand() throws {
    let fit = try LinearFit.squares(
      names: ["intercept", "slope"], rows: (1...4).map { [1, Double($0)] }, measured: [2, 4, 5, 8])
    #expect(abs(fit.values[0]) < 1e-12)
    #expect(abs(fit.values[1] - 1.9) < 1e-12)
    // Residuals 0.1, 0.2, -0.7, 0.4: sum of squares 0.7, variance 0.35, over Sxx = 5.
    let error = try #require(fit.standardErrors)[1]
    #expect(abs(error - (0.35 / 5).squareRoot()) < 1e-12)
    // t(0.975, 2) = 4.302653
    let interval = try fit.intervals(level: 0.95)[1]
    #expect(abs(interval.high - (1.9 + 4.302653 * error)) < 1e-6)
    #expect(interval.contains(1.9) && !interval.contains(0.7))
  }

  @Test func nonlinearSolverAgrees() throws {
    let x = [1.0, 2, 3, 4, 5, 6]
    let y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2]
    let weights = [1.0, 2, 1, 4, 1, 0.5]
    let line = try LinearFit.squares(
      names: ["a", "b"], rows: x.map { [1, $0] }, measured: y, weights: weights)
    let other = try RobustFit(parameters: [.init("a", start: 1), .init("b", start: 1)]).fit(
      measured: y, weights: weights
    ) { p, i in p[0] + p[1] * x[i] }
    for index in 0..<2 {
      #expect(abs(line.values[index] - other.values[index]) < 1e-7)
      let errors = (try #require(line.standardErrors), try #require(other.standardErrors))
      #expect(abs(errors.0[index] / errors.1[index] - 1) < 1e-6)
    }
  }

  @Test func refusals() throws {
    #expect(throws: NumericalFault.undetermined(parameters: ["b", "twice"])) {
      try LinearFit.squares(
        names: ["a", "b", "twice"], rows: (1...5).map { [1, Double($0), 2 * Double($0)] },
        measured: [1, 2, 3, 4, 5])
    }
    #expect(throws: NumericalFault.tooFew(argument: "observations", found: 1, needed: 2)) {
      try LinearFit.squares(names: ["a", "b"], rows: [[1, 1]], measured: [1])
    }
    let exact = try LinearFit.squares(names: ["a"], rows: [[2]], measured: [3])
    #expect(exact.values == [1.5] && exact.standardErrors == nil)
  }
}
