import CGSL

/// One nonlinear least-squares problem for GSL's trust-region solver, parameters scaled to about 1.
///
/// C callbacks capture nothing, so the problem travels in a box behind GSL's `params` pointer.
final class TrustRegion {
  /// Where the solver stopped.
  struct Stop {
    let parameters: [Double]
    /// Jacobian of the weighted residuals, row by row.
    let jacobian: [Double]
    let residuals: [Double]
    let iterations: Int
  }

  let observations: Int
  let parameters: Int
  private let misses: ([Double]) -> [Double]
  private let search: Search
  /// The factor of each residual; changed between rounds.
  var factors: [Double]

  /// A step to where the model has no value is refused by making it far worse than any start.
  private static let outside = 1e100

  /// How far and how finely the solver looks.
  struct Search {
    /// Relative step of the numerical slopes; nil for the square root of the last digit.
    var step: Double?
    /// A step that is this small a share of the parameters is the last.
    var leastStep = 1e-10
    var mostIterations = 400
  }

  /// - Parameter misses: predicted less measured of each observation, for parameters.
  init(
    observations: Int, parameters: Int, factors: [Double], search: Search = Search(),
    misses: @escaping ([Double]) -> [Double]
  ) {
    self.observations = observations
    self.parameters = parameters
    self.factors = factors
    self.search = search
    self.misses = misses
  }

  /// Weighted residuals at `point`.
  func residuals(at point: [Double]) -> [Double] {
    var residuals = misses(point)
    for index in residuals.indices { residuals[index] *= factors[index] }
    return residuals
  }

  /// Walks from `start` to where the sum of squares no longer falls.
  ///
  /// Whether that is a minimum is the caller's to judge: GSL's own tests can be met by small steps.
  func descend(from start: [Double]) throws(NumericalFault) -> Stop {
    Library.open()
    var tuning = gsl_multifit_nlinear_default_parameters()
    if let step = search.step { tuning.h_df = step }
    let workspace = try Library.allocated(
      gsl_multifit_nlinear_alloc(
        lacuna_multifit_trust(), &tuning, observations, parameters), "gsl_multifit_nlinear_alloc")
    defer { gsl_multifit_nlinear_free(workspace) }
    let box = Unmanaged.passRetained(self)
    defer { box.release() }

    var system = gsl_multifit_nlinear_fdf()
    system.f = { point, params, result in
      guard let point, let params, let result else { return Int32(GSL_EFAULT) }
      let problem = Unmanaged<TrustRegion>.fromOpaque(params).takeUnretainedValue()
      let place = (0..<problem.parameters).map { gsl_vector_get(point, $0) }
      for (index, value) in problem.residuals(at: place).enumerated() {
        gsl_vector_set(result, index, value.isFinite ? value : TrustRegion.outside)
      }
      return Int32(GSL_SUCCESS)
    }
    system.n = observations
    system.p = parameters
    system.params = box.toOpaque()

    // GSL keeps a pointer to the system between the calls.
    return try withUnsafeMutablePointer(to: &system) { system throws(NumericalFault) in
      var entries = start
      let code = entries.withUnsafeMutableBufferPointer { buffer in
        var view = gsl_vector_view_array(buffer.baseAddress, parameters)
        return gsl_multifit_nlinear_init(&view.vector, system, workspace)
      }
      try Library.check(code, "gsl_multifit_nlinear_init")
      var reason: Int32 = 0
      let stopped = gsl_multifit_nlinear_driver(
        search.mostIterations, search.leastStep, 1e-15, 0, nil, nil, &reason, workspace)
      if stopped != Int32(GSL_EMAXITER) {
        try Library.check(stopped, "gsl_multifit_nlinear_driver")
      }
      return read(workspace)
    }
  }

  private func read(_ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>) -> Stop {
    let position = gsl_multifit_nlinear_position(workspace)
    let jacobian = gsl_multifit_nlinear_jac(workspace)
    let point = (0..<parameters).map { gsl_vector_get(position, $0) }
    return Stop(
      parameters: point,
      jacobian: (0..<observations).flatMap { row in
        (0..<parameters).map { gsl_matrix_get(jacobian, row, $0) }
      },
      residuals: residuals(at: point),
      iterations: gsl_multifit_nlinear_niter(workspace))
  }
}
