import CKernels

/// Weights of which each group of m along a row keeps n.
public final class StructuredMatrix {
  public let rows: Int
  public let columns: Int
  public let kept: Int
  public let of: Int
  private let values: UnsafeMutablePointer<Float>
  /// 2:4 has codes of two bits, any other N:M a byte a value.
  private let codes: UnsafeMutablePointer<UInt32>?
  private let places: UnsafeMutablePointer<UInt8>?

  /// Keeps, of each `of` values along a row, the `kept` that are farthest from zero.
  ///
  /// - Throws: `.outOfRange` unless 1 <= kept <= of and 2 <= of <= 32.
  public init(packing dense: DenseMatrix, kept: Int = 2, of: Int = 4) throws(KernelFault) {
    try Inputs.range(of, 2...32, "of")
    try Inputs.range(kept, 1...of, "kept")
    rows = dense.rows
    columns = dense.columns
    self.kept = kept
    self.of = of
    let rows = Int64(dense.rows), columns = Int64(dense.columns)
    if kept == 2 && of == 4 {
      values = .allocate(capacity: Int(lacuna_two_four_values(rows, columns)))
      let codes = UnsafeMutablePointer<UInt32>.allocate(
        capacity: Int(lacuna_two_four_codes(rows, columns)))
      self.codes = codes
      places = nil
      var known = lacuna_two_four(rows: rows, columns: columns, values: values, codes: codes)
      lacuna_two_four_pack(dense.values, &known)
    } else {
      let count = Int(lacuna_n_of_m_values(rows, columns, Int32(kept), Int32(of)))
      values = .allocate(capacity: count)
      let places = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
      self.places = places
      codes = nil
      var known = lacuna_n_of_m(
        rows: rows, columns: columns, kept: Int32(kept), of: Int32(of), values: values,
        places: places)
      lacuna_n_of_m_pack(dense.values, &known)
    }
  }

  deinit {
    values.deallocate()
    codes?.deallocate()
    places?.deallocate()
  }

  fileprivate var twoFour: lacuna_two_four? {
    codes.map {
      lacuna_two_four(rows: Int64(rows), columns: Int64(columns), values: values, codes: $0)
    }
  }

  fileprivate var nOfM: lacuna_n_of_m {
    lacuna_n_of_m(
      rows: Int64(rows), columns: Int64(columns), kept: Int32(kept), of: Int32(of),
      values: values, places: places)
  }
}

extension WorkerPool {
  /// y = W x; names the columns that each row keeps.
  public func multiply(
    _ w: StructuredMatrix, _ x: [Float], recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.count(x.count, w.columns, "x")
    var y = [Float](repeating: 0, count: w.rows)
    let status = TouchRecorder.use(recorder) { recorder in
      if var known = w.twoFour { return lacuna_two_four_gemv(handle, &known, x, &y, recorder) }
      return withUnsafePointer(to: w.nOfM) { lacuna_n_of_m_gemv(handle, $0, x, &y, recorder) }
    }
    try Inputs.check(status)
    return y
  }

  /// C = W B; names the columns that each row keeps, which are the rows of B that it reads.
  public func multiply(
    _ w: StructuredMatrix, _ b: DenseMatrix, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> DenseMatrix {
    try Inputs.count(b.rows, w.columns, "rows of b")
    var c = [Float](repeating: 0, count: try Inputs.product(w.rows, b.columns))
    let n = Int64(b.columns)
    let status = TouchRecorder.use(recorder) { recorder in
      if var known = w.twoFour {
        return lacuna_two_four_gemm(handle, &known, b.values, &c, n, recorder)
      }
      return withUnsafePointer(to: w.nOfM) {
        lacuna_n_of_m_gemm(handle, $0, b.values, &c, n, recorder)
      }
    }
    try Inputs.check(status)
    return try DenseMatrix(rows: w.rows, columns: b.columns, values: c)
  }
}
