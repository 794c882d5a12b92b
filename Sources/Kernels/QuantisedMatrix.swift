import CKernels

/// int8 weights with a scale a row.
public struct Int8Matrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public let values: [Int8]
  public let scales: [Float]

  /// Scales each row so that its greatest value is 127.
  public init(packing dense: DenseMatrix) {
    rows = dense.rows
    columns = dense.columns
    var values = [Int8](repeating: 0, count: dense.values.count)
    var scales = [Float](repeating: 0, count: dense.rows)
    lacuna_int8_pack(dense.values, Int64(rows), Int64(columns), &values, &scales)
    self.values = values
    self.scales = scales
  }
}

/// Four-bit weights in groups along a row, all groups or those that were kept.
public struct Int4Matrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// Columns a group.
  public let group: Int
  /// Where the kept groups of each row start, and which they are; empty where all are kept.
  public let starts: [Int64]
  public let ids: [Int32]
  public let packed: [UInt8]
  public let scales: [Float]
  public let leasts: [Float]

  /// Rounds each group to 16 levels between its least and its greatest value.
  ///
  /// - Parameters:
  ///   - group: Columns a group, a multiple of 32 up to 256.
  ///   - kept: For each row the groups that are kept, rising; nil keeps all.
  /// - Throws: `.outOfRange`, `.wrongCount`, `.notRising`.
  public init(
    packing dense: DenseMatrix, group: Int = 32, kept: [[Int32]]? = nil
  ) throws(KernelFault) {
    try Inputs.range(group, 32...256, "group")
    try Inputs.count(group % 32, 0, "columns that fill no 32")
    rows = dense.rows
    columns = dense.columns
    self.group = group
    let groups = (dense.columns + group - 1) / group
    var flat = FlatLists()
    if let kept {
      try Inputs.count(kept.count, dense.rows, "kept")
      for row in kept { try flat.append(row, below: groups, "kept") }
    }
    starts = kept == nil ? [] : flat.starts
    ids = flat.ids
    let count = kept == nil ? try Inputs.product(dense.rows, groups) : flat.ids.count
    var packed = [UInt8](repeating: 0, count: count * group / 2)
    var scales = [Float](repeating: 0, count: count)
    var leasts = scales
    packed.withUnsafeMutableBufferPointer { packed in
      scales.withUnsafeMutableBufferPointer { scales in
        leasts.withUnsafeMutableBufferPointer { leasts in
          let (rows, columns) = (Int64(dense.rows), Int64(dense.columns))
          flat.use { starts, ids in
            var known = lacuna_int4(
              rows: rows, columns: columns, group: Int64(group),
              starts: kept == nil ? nil : starts, ids: ids, packed: packed.baseAddress,
              scales: scales.baseAddress, leasts: leasts.baseAddress)
            lacuna_int4_pack(dense.values, &known)
          }
        }
      }
    }
    self.packed = packed
    self.scales = scales
    self.leasts = leasts
  }

  /// The dense matrix that the stored one stands for.
  public func unpacked() throws(KernelFault) -> DenseMatrix {
    var values = [Float](repeating: 0, count: rows * columns)
    use { lacuna_int4_unpack($0, &values) }
    return try DenseMatrix(rows: rows, columns: columns, values: values)
  }

  /// C's matrix has addresses that may be written to, for packing; nothing else writes to them.
  fileprivate func use<Result>(
    _ body: (UnsafeMutablePointer<lacuna_int4>) -> Result
  ) -> Result {
    packed.withUnsafeBufferPointer { packed in
      scales.withUnsafeBufferPointer { scales in
        leasts.withUnsafeBufferPointer { leasts in
          starts.withUnsafeBufferPointer { starts in
            ids.withUnsafeBufferPointer { ids in
              var known = lacuna_int4(
                rows: Int64(rows), columns: Int64(columns), group: Int64(group),
                starts: starts.isEmpty ? nil : starts.baseAddress, ids: ids.baseAddress,
                packed: UnsafeMutablePointer(mutating: packed.baseAddress),
                scales: UnsafeMutablePointer(mutating: scales.baseAddress),
                leasts: UnsafeMutablePointer(mutating: leasts.baseAddress))
              return withUnsafeMutablePointer(to: &known) { body($0) }
            }
          }
        }
      }
    }
  }
}

extension WorkerPool {
  /// y = W x.
  public func multiply(_ w: Int8Matrix, _ x: [Float]) throws(KernelFault) -> [Float] {
    try Inputs.count(x.count, w.columns, "x")
    var y = [Float](repeating: 0, count: w.rows)
    lacuna_int8_gemv(handle, w.values, w.scales, x, &y, Int64(w.rows), Int64(w.columns))
    return y
  }

  /// y = W x; names the groups that each row keeps where some were left out.
  public func multiply(
    _ w: Int4Matrix, _ x: [Float], recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.count(x.count, w.columns, "x")
    var y = [Float](repeating: 0, count: w.rows)
    let status = TouchRecorder.use(recorder) { recorder in
      w.use { lacuna_int4_gemv(handle, $0, x, &y, recorder) }
    }
    try Inputs.check(status)
    return y
  }
}
