import Quantities

/// Attention of one batch that holds a piece of a prompt and decoding sequences together.
public struct MixedAttentionCall: Sendable, Hashable {
  /// New tokens of the prompt, and tokens of it that are cached; 0 new tokens for none.
  public var promptTokens: Int
  public var promptCached: Int
  /// Decoding sequences with long and with short contexts, and KV entries of each.
  public var longCount: Int
  public var longContext: Int
  public var shortCount: Int
  public var shortContext: Int
  public var heads: Int
  public var kvHeads: Int
  public var dimension: Int
  public var kv: Precision

  public init(
    promptTokens: Int, promptCached: Int, longCount: Int, longContext: Int, shortCount: Int = 0,
    shortContext: Int = 0, heads: Int, kvHeads: Int, dimension: Int, kv: Precision
  ) {
    self.promptTokens = promptTokens
    self.promptCached = promptCached
    self.longCount = longCount
    self.longContext = longContext
    self.shortCount = shortCount
    self.shortContext = shortContext
    self.heads = heads
    self.kvHeads = kvHeads
    self.dimension = dimension
    self.kv = kv
  }

  public var sequences: Double { Double(longCount) + Double(shortCount) }
  /// New tokens of all sequences.
  public var rows: Double { Double(promptTokens) + sequences }
  /// KV entries of the decoding sequences, and of the prompt.
  public var decodeEntries: Double {
    Double(longCount) * Double(longContext) + Double(shortCount) * Double(shortContext)
  }
  public var promptEntries: Double {
    promptTokens > 0 ? Double(promptCached) + Double(promptTokens) : 0
  }
  /// The longest context of any sequence.
  public var longest: Double {
    max(
      promptEntries, longCount > 0 ? Double(longContext) : 0,
      shortCount > 0 ? Double(shortContext) : 0)
  }

  /// Keys of the longest decoding sequence beyond those of the mean.
  public var keysBeyondMean: Double {
    let most = max(longCount > 0 ? longContext : 0, shortCount > 0 ? shortContext : 0)
    return sequences > 0 ? Double(most) - decodeEntries / sequences : 0
  }

  public var entryBytes: Double { 2 * Double(dimension) * kv.bits / 8 }

  public var kvBytes: Double { (promptEntries + decodeEntries) * Double(kvHeads) * entryBytes }

  public var flops: Double {
    let new = Double(promptTokens)
    let pairs = new * Double(promptCached) + new * (new + 1) / 2 + decodeEntries
    return 4 * Double(heads) * Double(dimension) * pairs
  }

  public var bytes: Double { kvBytes + rows * Double(heads) * Double(dimension) * 4 }
}
