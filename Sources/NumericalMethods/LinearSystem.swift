import CGSL

/// Linear equations with a symmetric positive definite matrix, as penalised least squares have.
public enum LinearSystem {
  /// The solution of `matrix x = target`, by Cholesky's decomposition.
  ///
  /// - Parameter matrix: row by row, symmetric, positive definite.
  /// - Throws: `.unequalLengths`, `.notFinite`, `.refused` when the matrix is not positive definite.
  public static func solve(
    _ matrix: [Double], _ target: [Double]
  ) throws(NumericalFault) -> [Double] {
    let count = target.count
    try Inputs.atLeast(1, target, "target")
    try Inputs.length(count * count, matrix, "matrix")
    try Inputs.finite(matrix, "matrix")
    try Inputs.finite(target, "target")
    Library.open()
    var entries = matrix
    var solution = target
    let code = entries.withUnsafeMutableBufferPointer { matrix in
      solution.withUnsafeMutableBufferPointer { vector in
        var a = gsl_matrix_view_array(matrix.baseAddress, count, count)
        var x = gsl_vector_view_array(vector.baseAddress, count)
        let code = gsl_linalg_cholesky_decomp1(&a.matrix)
        return code == Int32(GSL_SUCCESS) ? gsl_linalg_cholesky_svx(&a.matrix, &x.vector) : code
      }
    }
    try Library.check(code, "gsl_linalg_cholesky")
    return solution
  }
}
