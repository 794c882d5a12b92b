import CKernels

/// A KV cache of which each token keeps the channels that are farthest from zero: a bitmap and the
/// kept values (Mustafar, arXiv 2505.22913).
public struct PrunedCache: Sendable {
  private let shape: Shape
  private let keys: Half
  private let values: Half

  private struct Shape: Sendable {
    var tokens, capacity, heads, width: Int64
  }

  private struct Half: Sendable {
    var maps: [UInt64]
    var values: [Float]
    var starts: [Int64]

    func use<Result>(_ body: (UnsafePointer<lacuna_pruned>) -> Result) -> Result {
      maps.withUnsafeBufferPointer { maps in
        values.withUnsafeBufferPointer { values in
          starts.withUnsafeBufferPointer { starts in
            var known = lacuna_pruned(
              maps: maps.baseAddress, values: values.baseAddress, starts: starts.baseAddress)
            return withUnsafePointer(to: &known) { body($0) }
          }
        }
      }
    }
  }

  /// Keeps `kept` channels of each key and of each value.
  ///
  /// - Throws: `.outOfRange` unless 1 <= kept <= width <= 512 and the cache holds tokens.
  public init(pruning cache: KVCache, kept: Int) throws(KernelFault) {
    try Inputs.range(cache.width, 1...512, "width")
    try Inputs.range(kept, 1...cache.width, "kept")
    try Inputs.range(cache.tokens, 1...cache.capacity, "tokens")
    let kv = cache.known
    shape = Shape(
      tokens: kv.tokens, capacity: kv.capacity, heads: kv.heads, width: kv.width)
    keys = Self.prune(kv.keys, kv, kept)
    values = Self.prune(kv.values, kv, kept)
  }

  private static func prune(
    _ dense: UnsafePointer<Float>, _ kv: lacuna_kv, _ kept: Int
  ) -> Half {
    let tiles = (kv.capacity + 63) / 64
    var half = Half(
      maps: [UInt64](
        repeating: 0, count: Int(kv.heads * kv.capacity * lacuna_map_words(kv.width))),
      values: [Float](repeating: 0, count: Int(kv.heads * kv.tokens) * kept + 8),
      starts: [Int64](repeating: 0, count: Int(kv.heads * tiles)))
    var shape = kv
    lacuna_prune(dense, &shape, Int64(kept), &half.maps, &half.values, &half.starts)
    return half
  }

  fileprivate func use<Result>(
    _ body: (UnsafePointer<lacuna_kv>, UnsafePointer<lacuna_pruned>, UnsafePointer<lacuna_pruned>)
      -> Result
  ) -> Result {
    var known = lacuna_kv(
      keys: nil, values: nil, tokens: shape.tokens, capacity: shape.capacity,
      heads: shape.heads, width: shape.width)
    return keys.use { keys in
      values.use { values in withUnsafePointer(to: &known) { body($0, keys, values) } }
    }
  }

  fileprivate func queryFloats(_ group: Int) throws(KernelFault) -> Int {
    try Inputs.product(Int(shape.heads), Int(shape.width), group)
  }
}

extension WorkerPool {
  /// Decode attention over a pruned cache. Queries and results are [KV head][group][width]. Names the
  /// channels that each token keeps, of its key and of its value: one list each by KV head and token.
  public func attend(
    _ queries: [Float], to cache: PrunedCache, group: Int, recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.range(group, 1...65_536, "group")
    try Inputs.count(queries.count, try cache.queryFloats(group), "queries")
    var out = [Float](repeating: 0, count: queries.count)
    let status = TouchRecorder.use(recorder) { recorder in
      cache.use { shape, keys, values in
        lacuna_attention_pruned(
          handle, shape, keys, values, Int64(group), queries, &out, recorder)
      }
    }
    try Inputs.check(status)
    return out
  }
}
