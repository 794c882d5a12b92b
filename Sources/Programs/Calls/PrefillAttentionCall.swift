import Quantities

/// Causal attention of many new tokens.
public struct PrefillAttentionCall: Sendable, Hashable {
  public var batch: Int
  /// New tokens of each sequence.
  public var tokens: Int
  /// Tokens of each sequence that are in the cache before.
  public var cached: Int
  public var heads: Int
  public var kvHeads: Int
  public var keyDimension: Int
  public var valueDimension: Int
  /// Tokens that a query sees at most; 0 is all before it.
  public var window: Int
  /// Share of the causal blocks that are computed; 1 is dense.
  public var density: Double
  /// Query rows at the side of a block of a sparse kernel; 0 where it has none.
  public var block: Int
  /// Keys at its other side; 0 is as many.
  public var columns: Int
  /// Share of the computed pairs whose keys are gathered one by one.
  public var gathered: Double
  /// Share of the pairs whose scores are computed that softmax and values are computed of.
  public var valueShare: Double
  /// Whether the kernel tests every causal block of a mask, instead of walking a list of kept ones.
  public var walksMask = false
  /// Pairs of all calls of a layer that together pass over one prompt, over those of this one: they
  /// keep the device busy, and its clock falls, as one long call would.
  public var run = 1.0
  public var arithmetic: Precision
  public var kv: Precision
  public var isCold: Bool

  public init(
    batch: Int, tokens: Int, cached: Int = 0, heads: Int, kvHeads: Int, keyDimension: Int,
    valueDimension: Int, window: Int = 0, density: Double = 1, block: Int = 0,
    columns: Int = 0, gathered: Double = 0, valueShare: Double = 1, arithmetic: Precision,
    kv: Precision, isCold: Bool
  ) {
    self.batch = batch
    self.tokens = tokens
    self.cached = cached
    self.heads = heads
    self.kvHeads = kvHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.window = window
    self.density = density
    self.block = block
    self.columns = columns
    self.gathered = gathered
    self.valueShare = valueShare
    self.arithmetic = arithmetic
    self.kv = kv
    self.isCold = isCold
  }

  /// Query-key pairs of one head and sequence that the mask leaves.
  public var pairs: Double {
    let new = Double(tokens)
    let before = Double(cached)
    let causal = new * before + new * (new + 1) / 2
    guard window > 0, Double(window) < before + new else { return causal }
    let reach = Double(window)
    // Queries that see fewer than `window` tokens see all before them.
    let short = max(0, min(new, reach - before))
    return short * before + short * (short + 1) / 2 + (new - short) * reach
  }

  public var flops: Double {
    2 * Double(batch) * Double(heads) * pairs * density
      * (Double(keyDimension) + valueShare * Double(valueDimension))
  }

  /// Queries and results in 16 bits, keys and values once.
  public var bytes: Double {
    let wide = Double(keyDimension + valueDimension)
    let queries = Double(batch) * Double(tokens) * Double(heads) * wide * 2
    let entries = Double(batch) * Double(tokens + cached) * Double(kvHeads) * wide
    return queries + entries * kv.bits / 8
  }
}
