/// In which form keys and values are stored and read: quantised, pruned, merged.
public struct CacheForm: Sendable, Hashable {
  /// One of the two vectors of a token and head.
  public struct Part: Sendable, Hashable {
    /// Bits of a number that is kept; nil for those of `precision.kv`.
    public var bits: Double?
    /// Share of the numbers that are kept.
    public var keep: Double
    /// Numbers that share their metadata; nil for a head's width.
    public var group: Int?
    /// Bytes of a group besides its numbers: scales, bitmaps, offsets.
    public var metadata: Double
    /// Kept numbers of a group are stored in whole runs of so many; 1 is exact.
    public var pad: Int

    public init(
      bits: Double? = nil, keep: Double = 1, group: Int? = nil, metadata: Double = 0, pad: Int = 1
    ) {
      self.bits = bits
      self.keep = keep
      self.group = group
      self.metadata = metadata
      self.pad = pad
    }

    /// Bytes of `width` numbers, in the mean over groups: counts that are anything are rounded up by
    /// half a run less one half, and never to more than the group.
    public func bytes(width: Double, bits otherwise: Double) -> Double {
      guard width > 0 else { return 0 }
      let group = Double(self.group ?? Int(width))
      let padded = keep < 1 ? group * keep + Double(pad - 1) / 2 : group
      let numbers = width / group * min(group, padded)
      return numbers * (bits ?? otherwise) / 8 + width / group * metadata
    }
  }

  public var keys: Part
  public var values: Part
  /// Latest tokens that stay as `precision.kv` has them.
  public var recent: Int

  public init(keys: Part = Part(), values: Part = Part(), recent: Int = 0) {
    self.keys = keys
    self.values = values
    self.recent = recent
  }
}

/// How much of the context stays stored.
public enum CacheKeep: Sendable, Hashable {
  /// What some read can reach, and no more.
  case asRead
  /// Of some heads in some layers so many tokens, the rest evicted; heads and layers that none is
  /// for keep all.
  case amounts([Amount])

  public struct Amount: Sendable, Hashable {
    public var layers: LayerRange
    /// Share of the KV heads, above 0 and at most 1; those of one layer add up to at most 1.
    public var heads: Double
    public var tokens: TokenAmount
    public init(layers: LayerRange = .all, heads: Double = 1, tokens: TokenAmount) {
      self.layers = layers
      self.heads = heads
      self.tokens = tokens
    }
  }
}

/// First tokens that all sequences of a batch have in common, stored once.
public struct SharedPrefix: Sendable, Hashable {
  public enum Reads: String, CaseIterable, Sendable {
    /// A kernel that knows of it reads it once for all sequences.
    case once
    /// Each sequence reads it.
    case each
  }

  /// Nil: the whole prompt.
  public var tokens: Int?
  public var reads: Reads
  public init(tokens: Int?, reads: Reads) {
    self.tokens = tokens
    self.reads = reads
  }

  func count(of setting: Setting) -> Double { Double(tokens ?? setting.promptPositions) }
}
