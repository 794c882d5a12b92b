/// Least squares for a model that is a weighted sum of known columns.
public enum LinearFit {
  /// Fits `measured ≈ Σ parameter × column`.
  ///
  /// - Parameters:
  ///   - names: one for each parameter.
  ///   - rows: for each observation the value of each column; a constant is a column of ones.
  ///   - weights: relative weight of each observation, inversely as its variance; nil for equal.
  /// - Throws: `.tooFew` for fewer observations than parameters, `.undetermined` with the names of
  ///   parameters that the rows do not tell apart, `.unequalLengths`, `.notFinite`, `.outOfRange`.
  /// - Complexity: O(n p²).
  public static func squares(
    names: [String], rows: [[Double]], measured: [Double], weights: [Double]? = nil
  ) throws(NumericalFault) -> Fit {
    try Inputs.atLeast(1, names, "names")
    try Inputs.atLeast(names.count, measured, "observations")
    try Inputs.length(measured.count, rows, "rows")
    for row in rows {
      try Inputs.length(names.count, row, "row")
      try Inputs.finite(row, "row")
    }
    try Inputs.finite(measured, "measured")
    let roots = try Inputs.weights(weights, count: measured.count).map { $0.squareRoot() }

    let design = zip(rows, roots).flatMap { row, root in row.map { $0 * root } }
    let decomposition = try Decomposition(design, columns: names.count)
    let open = decomposition.undetermined(tolerance: 1e-10)
    guard open.isEmpty else { throw .undetermined(parameters: open.map { names[$0] }) }

    let values = decomposition.solve(zip(measured, roots).map { $0 * $1 })
    let residuals = zip(measured, rows).map { height, row in
      height - zip(row, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    try Inputs.finite(values + residuals, "fit")
    let freedom = measured.count - names.count
    let spread = zip(residuals, roots).reduce(0) { $0 + $1.0 * $1.1 * $1.0 * $1.1 }
    return Fit(
      names: names, values: values,
      covariance: freedom > 0
        ? decomposition.inverseGram().map { $0 * spread / Double(freedom) } : [],
      residuals: residuals, shares: Array(repeating: 1, count: measured.count),
      degreesOfFreedom: freedom, iterations: 1)
  }
}
