import CKernels

/// A sparse matrix by rows (CSR) in fp32.
public struct SparseMatrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// Row r holds the entries starts[r] ..< starts[r + 1].
  public let starts: [Int64]
  /// Columns, rising within a row.
  public let ids: [Int32]
  public let values: [Float]

  /// - Throws: what does not fit together: `.wrongCount`, `.outOfRange`, `.notRising`.
  public init(
    rows: Int, columns: Int, starts: [Int64], ids: [Int32], values: [Float]
  ) throws(KernelFault) {
    try Inputs.size(rows, "rows")
    try Inputs.size(columns, "columns")
    try Inputs.count(values.count, ids.count, "values")
    try Inputs.starts(starts, lists: rows, count: ids.count, "starts")
    for row in 0..<rows {
      try Inputs.rising(ids[Int(starts[row])..<Int(starts[row + 1])], below: columns, "ids")
    }
    self.init(checked: rows, columns, starts, ids, values)
  }

  fileprivate init(
    checked rows: Int, _ columns: Int, _ starts: [Int64], _ ids: [Int32], _ values: [Float]
  ) {
    self.rows = rows
    self.columns = columns
    self.starts = starts
    self.ids = ids
    self.values = values
  }

  fileprivate func use<Result>(_ body: (UnsafePointer<lacuna_csr>) -> Result) -> Result {
    starts.withUnsafeBufferPointer { starts in
      ids.withUnsafeBufferPointer { ids in
        values.withUnsafeBufferPointer { values in
          var known = lacuna_csr(
            rows: Int64(rows), columns: Int64(columns), starts: starts.baseAddress,
            ids: ids.baseAddress, values: values.baseAddress)
          return withUnsafePointer(to: &known) { body($0) }
        }
      }
    }
  }
}

extension WorkerPool {
  /// C = A B with a dense B; names the rows of B that each row of A reads.
  public func multiply(
    _ a: SparseMatrix, _ b: DenseMatrix, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> DenseMatrix {
    try Inputs.count(b.rows, a.columns, "rows of b")
    var c = [Float](repeating: 0, count: try Inputs.product(a.rows, b.columns))
    let status = TouchRecorder.use(recorder) { recorder in
      a.use { lacuna_csr_times_dense(handle, $0, b.values, &c, Int64(b.columns), recorder) }
    }
    try Inputs.check(status)
    return try DenseMatrix(rows: a.rows, columns: b.columns, values: c)
  }

  /// C = A B with a sparse B, row by row through a hash table.
  public func multiply(
    _ a: SparseMatrix, _ b: SparseMatrix, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> SparseMatrix {
    try Inputs.count(b.rows, a.columns, "rows of b")
    var starts = [Int64](repeating: 0, count: a.rows + 1)
    try Inputs.check(
      a.use { a in b.use { b in lacuna_csr_product_starts(handle, a, b, &starts) } })
    var ids = [Int32](repeating: 0, count: Int(starts[a.rows]))
    var values = [Float](repeating: 0, count: ids.count)
    let status = TouchRecorder.use(recorder) { recorder in
      a.use { a in
        b.use { b in lacuna_csr_product(handle, a, b, starts, &ids, &values, recorder) }
      }
    }
    try Inputs.check(status)
    return SparseMatrix(checked: a.rows, b.columns, starts, ids, values)
  }
}
