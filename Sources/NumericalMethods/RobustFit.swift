/// Nonlinear fits that outliers do not spoil.
///
/// Levenberg-Marquardt steps in a trust region with a numerical Jacobian; a robust loss by
/// re-weighting the residuals and fitting again until nothing moves.
public struct RobustFit: Sendable {
  /// One parameter of a model.
  public struct Parameter: Hashable, Sendable {
    public let name: String
    /// Where the search starts; its size is also taken for the parameter's scale, 1 when it is 0.
    public let start: Double

    public init(_ name: String, start: Double) {
      self.name = name
      self.start = start
    }
  }

  /// How a model follows its parameters.
  public enum Shape: Hashable, Sendable {
    /// It has slopes everywhere: the fit is carried to the last digits.
    case smooth
    /// It has kinks and small jumps, as the least of several ways has. Slopes are taken over a
    /// relative `step`, wide enough to pass them, and the fit ends when a round, or the
    /// Gauss-Newton step that remains, lowers the loss by less than the share `tolerance`: at a kink
    /// no slope vanishes, and the last digits of the parameters mean nothing.
    case kinked(step: Double, tolerance: Double)
  }

  private static let mostRounds = 100
  public let parameters: [Parameter]
  public let loss: Loss
  public let shape: Shape

  public init(parameters: [Parameter], loss: Loss = .squares, shape: Shape = .smooth) {
    self.parameters = parameters
    self.loss = loss
    self.shape = shape
  }

  /// Fits `predict(parameters, observation)` to what was measured.
  ///
  /// *Assumes* that the start lies in the valley of the best fit: the search is local.
  /// - Parameters:
  ///   - weights: relative weight of each observation, inversely as its variance; nil for equal.
  ///   - predict: the model, given the parameters in their order and an observation's index. Where
  ///     it gives NaN or infinity the search turns back; at the start it may not.
  /// - Throws: `.tooFew` for fewer observations than parameters, `.undetermined` with the names of
  ///   parameters that the observations leave open, `.notConverged`, `.unequalLengths`,
  ///   `.notFinite`, `.outOfRange` for weights and thresholds.
  public func fit(
    measured: [Double], weights: [Double]? = nil,
    predict: @escaping (_ parameters: [Double], _ observation: Int) -> Double
  ) throws(NumericalFault) -> Fit {
    try fit(measured: measured, weights: weights) { parameters in
      measured.indices.map { predict(parameters, $0) }
    }
  }

  /// The same for a model that predicts all observations at once.
  ///
  /// - Parameter predictAll: a prediction for each observation.
  public func fit(
    measured: [Double], weights: [Double]? = nil,
    predictAll: @escaping (_ parameters: [Double]) -> [Double]
  ) throws(NumericalFault) -> Fit {
    try check(measured)
    let scales = parameters.map { $0.start == 0 ? 1 : abs($0.start) }
    // Residuals come near 1 too, for the solver's tests are not relative to them.
    let size = measured.reduce(0) { max($0, abs($1)) }
    let roots = try Inputs.weights(weights, count: measured.count).map {
      $0.squareRoot() / (size > 0 ? size : 1)
    }
    let problem = TrustRegion(
      observations: measured.count, parameters: parameters.count, factors: roots, search: search
    ) { point in
      var misses = predictAll(zip(point, scales).map { $0 * $1 })
      for index in misses.indices { misses[index] -= measured[index] }
      return misses
    }

    var point = zip(parameters, scales).map { $0.start / $1 }
    var residuals = problem.residuals(at: point)
    try Inputs.length(measured.count, residuals, "predictions")
    try Inputs.finite(residuals, "prediction at the start")
    var iterations = 0
    var shares = [Double](repeating: 1, count: measured.count)
    for round in 0..<Self.mostRounds {
      problem.factors = zip(roots, shares).map { $0 * $1.squareRoot() }
      let stop = try problem.descend(from: point)
      iterations += stop.iterations
      if shape == .smooth { _ = try better(than: stop, of: problem, iterations: iterations) }

      let moved = zip(stop.parameters, point).contains { abs($0 - $1) > 1e-7 * max(abs($0), 1e-7) }
      point = stop.parameters
      problem.factors = roots
      let before = residuals
      residuals = problem.residuals(at: point)
      // The fitted residuals of exact data are rounding; they must not pass for a spread.
      let deviation = try Loss.deviation(residuals, floor: 1e-12 * (roots.max() ?? 1) * size)
      if loss == .squares
        || (round > 0 && (!moved || isLevel(before, residuals, deviation: deviation)))
      {
        problem.factors = zip(roots, shares).map { $0 * $1.squareRoot() }
        if shape != .smooth,
          let next = try better(than: stop, of: problem, iterations: iterations)
        {
          // The search stopped at a kink; over it the way leads on.
          point = next
          problem.factors = roots
          residuals = problem.residuals(at: point)
          continue
        }
        return try summary(
          stop, residuals: residuals, shares: shares, deviation: deviation, scales: scales,
          roots: roots, iterations: iterations)
      }
      shares = residuals.map { loss.share($0 / deviation) }
    }
    throw .notConverged(iterations: iterations)
  }

  private var search: TrustRegion.Search {
    switch shape {
    case .smooth: TrustRegion.Search()
    // Few steps before residuals are weighed anew: far from the end their weights are off anyway.
    case .kinked(let step, let tolerance):
      TrustRegion.Search(step: step, leastStep: tolerance / 10, mostIterations: 12)
    }
  }

  /// Whether a round lowered the loss so little that the next would be in vain.
  private func isLevel(_ before: [Double], _ after: [Double], deviation: Double) -> Bool {
    guard case .kinked(_, let tolerance) = shape else { return false }
    let old = before.reduce(0) { $0 + loss.cost($1 / deviation) }
    let new = after.reduce(0) { $0 + loss.cost($1 / deviation) }
    return new >= (1 - tolerance) * old
  }

  private func check(_ measured: [Double]) throws(NumericalFault) {
    try loss.check()
    try Inputs.atLeast(1, parameters, "parameters")
    try Inputs.finite(parameters.map(\.start), "start")
    try Inputs.atLeast(parameters.count, measured, "observations")
    try Inputs.finite(measured, "measured")
  }

  /// Refuses parameters that the observations leave open, and a stop short of the minimum.
  ///
  /// For a smooth model a stop is good when the Gauss-Newton step that remains is a millionth of
  /// each parameter, or a thousandth of its standard error; for one with kinks, when that step, and
  /// a quarter of it, lower the sum of squares by less than the tolerance.
  /// - Returns: for a model with kinks, where that step leads when it lowers the sum by more.
  private func better(
    than stop: TrustRegion.Stop, of problem: TrustRegion, iterations: Int
  ) throws(NumericalFault) -> [Double]? {
    try Inputs.finite(stop.residuals, "prediction")
    try Inputs.finite(stop.jacobian, "slope of the prediction")
    let decomposition = try Decomposition(stop.jacobian, columns: parameters.count)
    // A numerical Jacobian has about eight digits, and four where its step is wide; what differs
    // beyond them does not differ.
    let open = decomposition.undetermined(tolerance: shape == .smooth ? 1e-6 : 1e-4)
    guard open.isEmpty else { throw .undetermined(parameters: open.map { parameters[$0].name }) }
    let remaining = decomposition.solve(stop.residuals)
    if case .kinked(_, let tolerance) = shape {
      let squares = stop.residuals.reduce(0) { $0 + $1 * $1 }
      for share in [1, 0.25] {
        let next = zip(stop.parameters, remaining).map { $0 - share * $1 }
        let sum = problem.residuals(at: next).reduce(0) { $0 + $1 * $1 }
        if sum < (1 - 10 * tolerance) * squares { return next }
      }
      return nil
    }
    let inverse = decomposition.inverseGram()
    let spread = stop.residuals.reduce(0) { $0 + $1 * $1 } / Double(stop.residuals.count)
    for (index, step) in remaining.enumerated() {
      let error = (inverse[index * parameters.count + index] * spread).squareRoot()
      let allowed = max(1e-6 * abs(stop.parameters[index]), 1e-3 * error, 1e-12)
      guard abs(step) <= allowed else { throw .notConverged(iterations: iterations) }
    }
    return nil
  }

  private func summary(
    _ stop: TrustRegion.Stop, residuals: [Double], shares: [Double], deviation: Double,
    scales: [Double], roots: [Double], iterations: Int
  ) throws(NumericalFault) -> Fit {
    let count = parameters.count
    let freedom = residuals.count - count
    var covariance: [Double] = []
    if freedom > 0 {
      // The spread comes from ψ, so the slopes are those of the residuals before re-weighting.
      let jacobian = stop.jacobian.indices.map {
        stop.jacobian[$0] / shares[$0 / count].squareRoot()
      }
      let factor = loss.varianceFactor(
        residuals, deviation: deviation, degreesOfFreedom: freedom)
      covariance = try Decomposition(jacobian, columns: count).inverseGram()
      for index in covariance.indices {
        covariance[index] *= factor * scales[index / count] * scales[index % count]
      }
    }
    return Fit(
      names: parameters.map(\.name), values: zip(stop.parameters, scales).map { $0 * $1 },
      covariance: covariance, residuals: zip(residuals, roots).map { -$0 / $1 }, shares: shares,
      degreesOfFreedom: freedom, iterations: iterations)
  }
}
