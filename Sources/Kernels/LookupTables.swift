import CKernels

/// Hashed n-gram memory: for the orders 2 ... mostOrder, `heads` tables of rows x width each.
public struct NGramTables: Sendable {
  public let mostOrder: Int
  public let heads: Int
  public let rows: Int
  public let width: Int
  public let values: [Float]
  public var tables: Int { (mostOrder - 1) * heads }

  /// - Throws: `.wrongCount`, `.outOfRange`; at most 2^31 rows in all tables together.
  public init(
    mostOrder: Int, heads: Int, rows: Int, width: Int, values: [Float]
  ) throws(KernelFault) {
    try Inputs.range(mostOrder, 2...64, "mostOrder")
    try Inputs.range(heads, 1...65_536, "heads")
    try Inputs.size(rows, "rows")
    try Inputs.size(width, "width")
    try Inputs.size(try Inputs.product(mostOrder - 1, heads, rows), "rows of all tables")
    let floats = try Inputs.product(mostOrder - 1, heads, rows, width)
    try Inputs.count(values.count, floats, "values")
    self.mostOrder = mostOrder
    self.heads = heads
    self.rows = rows
    self.width = width
    self.values = values
  }

  fileprivate func use<Result>(_ body: (UnsafePointer<lacuna_ngrams>) -> Result) -> Result {
    values.withUnsafeBufferPointer { values in
      var known = lacuna_ngrams(
        tables: values.baseAddress, most_order: Int64(mostOrder), heads: Int64(heads),
        rows: Int64(rows), width: Int64(width))
      return withUnsafePointer(to: &known) { body($0) }
    }
  }

  /// The row of each token in each table: tokens x tables.
  public func ids(of tokens: [Int32]) -> [Int32] {
    var ids = [Int32](repeating: 0, count: tokens.count * tables)
    use { lacuna_ngram_ids($0, tokens, Int64(tokens.count), &ids) }
    return ids
  }
}

/// Product-key memory: side x side values addressed by two sets of `side` half keys.
public struct ProductKeyMemory: Sendable {
  public let side: Int
  public let half: Int
  public let width: Int
  /// side x half each.
  public let first: [Float]
  public let second: [Float]
  /// side * side x width.
  public let values: [Float]

  /// - Throws: `.wrongCount`, `.outOfRange`.
  public init(
    side: Int, half: Int, width: Int, first: [Float], second: [Float], values: [Float]
  ) throws(KernelFault) {
    try Inputs.range(side, 1...32_768, "side")
    try Inputs.size(half, "half")
    try Inputs.size(width, "width")
    try Inputs.count(first.count, try Inputs.product(side, half), "first")
    try Inputs.count(second.count, first.count, "second")
    try Inputs.count(values.count, try Inputs.product(side, side, width), "values")
    self.side = side
    self.half = half
    self.width = width
    self.first = first
    self.second = second
    self.values = values
  }
}

extension WorkerPool {
  /// The rows of all tokens, tokens x tables x width.
  public func lookUp(
    _ tokens: [Int32], in tables: NGramTables, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    let ids = tables.ids(of: tokens)
    var out = [Float](repeating: 0, count: try Inputs.product(ids.count, tables.width))
    let status = TouchRecorder.use(recorder) { recorder in
      tables.use {
        lacuna_ngram_rows(handle, $0, ids, Int64(tokens.count), &out, recorder)
      }
    }
    try Inputs.check(status)
    return out
  }

  /// For each query (2 x half floats) the softmax-weighted sum of its `k` best values.
  public func lookUp(
    _ queries: [Float], in memory: ProductKeyMemory, k: Int, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.range(k, 1...memory.side, "k")
    try Inputs.count(queries.count % (2 * memory.half), 0, "queries past whole ones")
    let count = queries.count / (2 * memory.half)
    var out = [Float](repeating: 0, count: try Inputs.product(count, memory.width))
    let status = TouchRecorder.use(recorder) { recorder in
      memory.first.withUnsafeBufferPointer { first in
        memory.second.withUnsafeBufferPointer { second in
          memory.values.withUnsafeBufferPointer { values in
            var known = lacuna_product_keys(
              first: first.baseAddress, second: second.baseAddress, values: values.baseAddress,
              side: Int64(memory.side), half: Int64(memory.half), width: Int64(memory.width))
            return lacuna_product_keys_run(
              handle, &known, queries, Int64(count), Int64(k), &out, recorder)
          }
        }
      }
    }
    try Inputs.check(status)
    return out
  }
}
