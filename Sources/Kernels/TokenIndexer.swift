import CKernels

/// A small network that scores tokens for a query (DSA's lightning indexer):
/// score(t) = sum over index heads of weight max(0, query . key_t).
public struct TokenIndexer: Sendable {
  public let tokens: Int
  public let width: Int
  /// tokens x width: one key a token, shared by all index heads.
  public let keys: [Float]

  /// - Throws: `.wrongCount`, `.outOfRange`.
  public init(tokens: Int, width: Int, keys: [Float]) throws(KernelFault) {
    try Inputs.size(tokens, "tokens")
    try Inputs.range(width, 1...65_536, "width")
    try Inputs.count(keys.count, try Inputs.product(tokens, width), "keys")
    self.tokens = tokens
    self.width = width
    self.keys = keys
  }

  fileprivate func use<Result>(
    heads: Int, _ body: (UnsafePointer<lacuna_indexer>) -> Result
  ) -> Result {
    keys.withUnsafeBufferPointer { keys in
      var known = lacuna_indexer(
        keys: keys.baseAddress, tokens: Int64(tokens), width: Int64(width), heads: Int64(heads))
      return withUnsafePointer(to: &known) { body($0) }
    }
  }
}

extension WorkerPool {
  /// The `k` best tokens, rising. `queries` is index heads x width, `weights` one a head.
  ///
  /// With a `block`, blocks of so many tokens are scored first by the means of their keys, and only
  /// the tokens of the best `blocks` after that.
  public func index(
    _ indexer: TokenIndexer, queries: [Float], weights: [Float], k: Int,
    block: Int? = nil, blocks: Int = 1, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Int32] {
    try Inputs.range(weights.count, 1...65_536, "weights")
    try Inputs.count(queries.count, weights.count * indexer.width, "queries")
    try Inputs.range(k, 1...indexer.tokens, "k")
    var ids = [Int32](repeating: 0, count: k)
    var means: [Float] = []
    if let block {
      try Inputs.range(block, 1...indexer.tokens, "block")
      let all = (indexer.tokens + block - 1) / block
      try Inputs.range(blocks, 1...all, "blocks")
      means = [Float](repeating: 0, count: all * indexer.width)
    }
    let count = TouchRecorder.use(recorder) { recorder in
      indexer.use(heads: weights.count) { known in
        guard let block else {
          return lacuna_index_flat(handle, known, queries, weights, Int64(k), &ids, recorder)
        }
        lacuna_index_means(known, Int64(block), &means)
        return lacuna_index_two_level(
          handle, known, means, Int64(block), Int64(blocks), queries, weights, Int64(k), &ids,
          recorder)
      }
    }
    guard count >= 0 else { throw .outOfMemory }
    return Array(ids.prefix(Int(count)))
  }
}
