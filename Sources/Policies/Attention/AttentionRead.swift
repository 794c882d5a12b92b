/// What some heads of some layers read of KV in a decode step. The reads of a layer add up; a layer
/// that none is for reads all.
public struct AttentionRead: Sendable, Hashable {
  /// How the tokens lie that are read.
  public enum Pick: String, CaseIterable, Sendable {
    /// In one or a few runs: sinks, a window, everything.
    case contiguous
    /// Anywhere, one by one.
    case token
    /// Anywhere, in whole pages.
    case page
  }

  /// Which vectors of a token.
  public enum Part: String, CaseIterable, Sendable { case both, keys, values }

  /// Reads of one name are one kernel, `attention.NAME`.
  public var name: String
  public var layers: LayerRange
  /// Share of the KV heads, above 0 and at most 1.
  public var heads: Double
  /// Tokens of the context that a head reads; of a summary, how many of its stops.
  public var tokens: TokenAmount
  public var pick: Pick
  /// Tokens of a page.
  public var page: Int
  public var part: Part
  /// What lies beside the cache and is read in its place: summaries, codes, narrow copies; nil
  /// reads the cache itself.
  public var stored: TokenAmount?
  /// Vectors of each part that a stop has: two for a least and a greatest key.
  public var vectors: Int
  /// Channels of a vector that are read; nil for the head's width.
  public var channels: Int?
  /// Bits of a number that are read; nil for those of the cache, or of `precision.kv` where `stored`.
  public var bits: Double?
  /// Bytes that each stop has besides: scales, offsets.
  public var metadata: Double
  /// One step of so many reads; the others use what it found.
  public var everySteps: Int
  /// Whether the query heads of a group read the same tokens, and so read them once.
  public var isShared: Bool
  /// Whether the kernel cuts the tokens of a sequence and head over several cores; else one core reads
  /// them one after another.
  public var isSplit: Bool
  /// Where it lies; nil for the tier of the cache, or beside the processor where `stored`.
  public var tier: String?

  public init(
    name: String = "attend", layers: LayerRange = .all, heads: Double = 1,
    tokens: TokenAmount = .all, pick: Pick = .contiguous, page: Int = 64, part: Part = .both,
    stored: TokenAmount? = nil, vectors: Int = 1, channels: Int? = nil, bits: Double? = nil,
    metadata: Double = 0, everySteps: Int = 1, isShared: Bool = true, isSplit: Bool = true,
    tier: String? = nil
  ) {
    self.name = name
    self.layers = layers
    self.heads = heads
    self.tokens = tokens
    self.pick = pick
    self.page = pick == .token ? 1 : page
    self.part = part
    self.stored = stored
    self.vectors = vectors
    self.channels = channels
    self.bits = bits
    self.metadata = metadata
    self.everySteps = everySteps
    self.isShared = isShared
    self.isSplit = isSplit
    self.tier = tier
  }

  /// Tokens or stops that a head reads where it could see `seen` tokens: whole pages of them.
  public func count(of seen: Double) -> Double {
    let wanted = min(tokens.of(seen), stored?.of(seen) ?? seen)
    guard pick == .page else { return wanted }
    let page = Double(page)
    return (wanted / page).rounded(.up) * page
  }

  /// Tokens of the cache that a head may come to read, now or later: what cannot be forgotten.
  public func reach(of seen: Double) -> Double {
    guard stored == nil else { return 0 }
    return pick == .contiguous ? tokens.of(seen) : seen
  }

  /// Whether it reads every token of the cache, in one run.
  var isWhole: Bool { stored == nil && pick == .contiguous && part == .both && tokens.isAll }
}
