import CGSL

/// A design matrix taken apart, to solve least squares and to see what the data leave open.
///
/// Columns are scaled to length 1 first, so that parameters in picoseconds and in bytes weigh
/// alike; then singular values, by one-sided Jacobi rotations.
struct Decomposition {
  let columns: Int
  /// The length of each column before scaling.
  private let lengths: [Double]
  /// Singular values of the scaled matrix, in falling order.
  private let singular: [Double]
  /// Left vectors, `rows` by `columns`, row by row.
  private let left: [Double]
  /// Right vectors, `columns` by `columns`, row by row.
  private let right: [Double]

  /// - Parameter matrix: row by row, with at least as many rows as columns.
  init(_ matrix: [Double], columns: Int) throws(NumericalFault) {
    let rows = matrix.count / columns
    var lengths = [Double](repeating: 0, count: columns)
    for column in 0..<columns {
      // The largest entry goes out first, lest its square overflow or vanish.
      var largest = 0.0
      for row in 0..<rows { largest = max(largest, abs(matrix[row * columns + column])) }
      guard largest > 0 else { continue }
      var sum = 0.0
      for row in 0..<rows {
        let entry = matrix[row * columns + column] / largest
        sum += entry * entry
      }
      lengths[column] = largest * sum.squareRoot()
    }
    var left = matrix
    for index in left.indices where lengths[index % columns] > 0 {
      left[index] /= lengths[index % columns]
    }
    var right = [Double](repeating: 0, count: columns * columns)
    var singular = [Double](repeating: 0, count: columns)

    Library.open()
    let code = left.withUnsafeMutableBufferPointer { leftEntries in
      right.withUnsafeMutableBufferPointer { rightEntries in
        singular.withUnsafeMutableBufferPointer { values in
          var a = gsl_matrix_view_array(leftEntries.baseAddress, rows, columns)
          var v = gsl_matrix_view_array(rightEntries.baseAddress, columns, columns)
          var s = gsl_vector_view_array(values.baseAddress, columns)
          return gsl_linalg_SV_decomp_jacobi(&a.matrix, &v.matrix, &s.vector)
        }
      }
    }
    try Library.check(code, "gsl_linalg_SV_decomp_jacobi")
    self.columns = columns
    self.lengths = lengths
    self.singular = singular
    self.left = left
    self.right = right
  }

  /// The columns that others can stand in for, within `tolerance`: those that take part in a
  /// direction whose singular value is that small a share of the largest.
  func undetermined(tolerance: Double) -> [Int] {
    guard let largest = singular.first, largest > 0 else { return Array(0..<columns) }
    let open = singular.indices.filter { singular[$0] <= tolerance * largest }
    return (0..<columns).filter { column in
      lengths[column] == 0 || open.contains { abs(right[column * columns + $0]) > 0.1 }
    }
  }

  /// The least-squares solution for a right-hand side. Only for determined matrices.
  func solve(_ target: [Double]) -> [Double] {
    var solution = [Double](repeating: 0, count: columns)
    for direction in 0..<columns {
      var share = 0.0
      for row in target.indices { share += left[row * columns + direction] * target[row] }
      for column in 0..<columns {
        solution[column] += right[column * columns + direction] * share / singular[direction]
      }
    }
    return zip(solution, lengths).map { $0 / $1 }
  }

  /// The inverse of (matrixᵀ matrix), row by row: the covariance for errors of variance 1.
  func inverseGram() -> [Double] {
    var inverse = [Double](repeating: 0, count: columns * columns)
    for i in 0..<columns {
      for j in 0..<columns {
        var sum = 0.0
        for k in 0..<columns {
          sum += right[i * columns + k] / singular[k] * right[j * columns + k] / singular[k]
        }
        inverse[i * columns + j] = sum / lengths[i] / lengths[j]
      }
    }
    return inverse
  }
}
