/// How many leading blocks of a prompt are resident, by the tier they lie in.
public struct PrefixHits: Sendable, Hashable {
  var byTier = SIMD4<Int>()

  /// Blocks in a tier, the fastest being 0.
  public subscript(tier: Int) -> Int { byTier[tier] }

  /// Blocks in all tiers.
  public var blocks: Int { byTier.wrappedSum() }

  /// Tokens that these blocks hold of a prompt, at most the prompt's: its last block may be partial.
  public func tokens(prompt: Int, blockTokens: Int) -> Int { min(prompt, blocks * blockTokens) }

  /// The same by tier. Blocks of faster tiers lead: those before them in the prompt are never in a
  /// slower tier.
  public func tokens(in tier: Int, prompt: Int, blockTokens: Int) -> Int {
    let before = (0..<tier).reduce(0) { $0 + byTier[$1] } * blockTokens
    return min(prompt, before + byTier[tier] * blockTokens) - min(prompt, before)
  }
}

/// Blocks that moved between tiers since an index was made.
public struct PrefixTraffic: Sendable, Hashable {
  /// Blocks written from a tier to the next slower one that holds anything, by the tier they left.
  public internal(set) var demoted = SIMD4<Int>()
  /// Blocks brought to the fastest tier, by the tier they came from.
  public internal(set) var promoted = SIMD4<Int>()
  /// Blocks that left the slowest tier.
  public internal(set) var dropped = 0
}
