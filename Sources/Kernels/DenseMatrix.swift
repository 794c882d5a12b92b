import CKernels

/// A dense matrix in fp32, row by row.
public struct DenseMatrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public let values: [Float]

  /// - Throws: `.outOfRange` for sizes below 1, `.wrongCount` unless `values` holds rows x columns.
  public init(rows: Int, columns: Int, values: [Float]) throws(KernelFault) {
    try Inputs.size(rows, "rows")
    try Inputs.size(columns, "columns")
    try Inputs.count(
      values.count, try Inputs.product(rows, columns), "values")
    self.rows = rows
    self.columns = columns
    self.values = values
  }
}

extension WorkerPool {
  /// y = W x.
  public func multiply(_ w: DenseMatrix, _ x: [Float]) throws(KernelFault) -> [Float] {
    var y = [Float](repeating: 0, count: w.rows)
    try multiply(w, x, into: &y)
    return y
  }

  /// y = W x, into memory that is there.
  public func multiply(
    _ w: DenseMatrix, _ x: [Float], into y: inout [Float]
  ) throws(KernelFault) {
    try Inputs.count(x.count, w.columns, "x")
    try Inputs.count(y.count, w.rows, "y")
    lacuna_gemv(handle, w.values, x, &y, Int64(w.rows), Int64(w.columns))
  }

  /// C = A B.
  public func multiply(_ a: DenseMatrix, _ b: DenseMatrix) throws(KernelFault) -> DenseMatrix {
    try Inputs.count(b.rows, a.columns, "rows of b")
    var c = [Float](repeating: 0, count: try Inputs.product(a.rows, b.columns))
    let k = Int64(a.columns), n = Int64(b.columns)
    try Inputs.check(
      lacuna_gemm(handle, a.values, k, b.values, n, &c, n, Int64(a.rows), n, k))
    return try DenseMatrix(rows: a.rows, columns: b.columns, values: c)
  }

  /// The sum of all values, read as fast as memory gives them: the measure of a read stream.
  public func streamRead(_ values: [Float]) -> Float {
    lacuna_stream_read(handle, values, Int64(values.count))
  }
}
