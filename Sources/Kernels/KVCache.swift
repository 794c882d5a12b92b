import CKernels

/// Keys and values of the tokens so far, in fp32, by KV head.
public final class KVCache {
  public let heads: Int
  public let width: Int
  /// Tokens that there is room for.
  public let capacity: Int
  public private(set) var tokens = 0
  private let keys: UnsafeMutablePointer<Float>
  private let values: UnsafeMutablePointer<Float>
  /// Page summaries, brought up to date when asked for.
  private var summaries: [SummaryKind: Summary] = [:]

  private struct SummaryKind: Hashable {
    var page: Int
    var summary: PageSummary
  }

  private struct Summary {
    var floats: [Float]
    /// Tokens that it covers.
    var tokens = 0

    mutating func update<Result>(
      _ kv: lacuna_kv, _ page: Int, _ summary: PageSummary,
      _ body: (UnsafePointer<Float>?) -> Result
    ) -> Result {
      let first = tokens
      tokens = Int(kv.tokens)
      return floats.withUnsafeMutableBufferPointer { floats in
        withUnsafePointer(to: kv) {
          lacuna_summarise_pages(
            $0, Int64(page), summary.known, Int64(first), floats.baseAddress)
        }
        return body(floats.baseAddress)
      }
    }
  }

  /// - Throws: `.outOfRange` for sizes below 1, `.outOfMemory` for absurd ones.
  public init(heads: Int, width: Int, capacity: Int) throws(KernelFault) {
    try Inputs.size(heads, "heads")
    try Inputs.range(width, 1...65_536, "width")
    try Inputs.size(capacity, "capacity")
    let floats = try Inputs.product(heads, width, capacity)
    self.heads = heads
    self.width = width
    self.capacity = capacity
    keys = .allocate(capacity: floats)
    values = .allocate(capacity: floats)
    keys.initialize(repeating: 0, count: floats)
    values.initialize(repeating: 0, count: floats)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// Appends one token's keys and values, each [KV head][width].
  ///
  /// - Throws: `.wrongCount`, or `.outOfRange` when the cache is full.
  public func append(keys newKeys: [Float], values newValues: [Float]) throws(KernelFault) {
    try Inputs.count(newKeys.count, heads * width, "keys")
    try Inputs.count(newValues.count, heads * width, "values")
    try Inputs.range(tokens, 0...(capacity - 1), "tokens")
    for head in 0..<heads {
      let at = (head * capacity + tokens) * width
      for channel in 0..<width {
        keys[at + channel] = newKeys[head * width + channel]
        values[at + channel] = newValues[head * width + channel]
      }
    }
    tokens += 1
  }

  /// Forgets all tokens.
  public func removeAll() {
    tokens = 0
    summaries = [:]
  }

  /// Calls `body` with the summaries of pages of `page` tokens. Only what changed is summarised.
  func withSummary<Result>(
    page: Int, _ summary: PageSummary, _ body: (UnsafePointer<Float>?) -> Result
  ) -> Result {
    var kv = known
    let kind = SummaryKind(page: page, summary: summary)
    let count = Int(lacuna_summary_floats(&kv, Int64(page), summary.known))
    let fresh = Summary(floats: summaries[kind] == nil ? .init(repeating: 0, count: count) : [])
    return summaries[kind, default: fresh].update(kv, page, summary, body)
  }

  var known: lacuna_kv {
    lacuna_kv(
      keys: keys, values: values, tokens: Int64(tokens), capacity: Int64(capacity),
      heads: Int64(heads), width: Int64(width))
  }
}
