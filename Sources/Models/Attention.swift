/// How a layer mixes tokens.
public enum Attention: Sendable, Hashable {
  /// Multi-head, grouped-query or multi-query attention over a KV cache.
  case grouped(GroupedAttention)
  /// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): one shared latent a token.
  case latent(LatentAttention)
  /// A window of entries plus entries that each stand for several tokens (DeepSeek-V4).
  case compressed(CompressedAttention)
  /// A fixed-size state instead of a KV cache: state-space and linear-attention layers.
  case recurrent(RecurrentMixer)
  /// The layer has no token mixing.
  case none

  /// KV numbers that one more token adds once every window is full: what makes long contexts
  /// costly. 0 for windowed and recurrent layers.
  ///
  /// Grouped: `kvHeads (keyDimension + valueDimension)`. Latent: `kvRank + ropeDimension`.
  /// Compressed: `headDimension / ratio`. Index keys are counted by `indexElementsPerToken`.
  public var kvElementsPerToken: Double {
    switch self {
    case .grouped(let it): it.window == nil ? it.kvElementsPerEntry : 0
    case .latent(let it): Double(it.kvRank + it.ropeDimension)
    case .compressed(let it): it.ratio > 0 ? Double(it.headDimension) / Double(it.ratio) : 0
    case .recurrent, .none: 0
    }
  }

  /// KV numbers that a newly computed token writes, whether or not a window drops older ones.
  public var kvElementsWritten: Double {
    switch self {
    case .grouped(let it): it.kvElementsPerEntry
    case .latent(let it): Double(it.kvRank + it.ropeDimension)
    case .compressed(let it): Double(it.headDimension) + kvElementsPerToken
    case .recurrent, .none: 0
    }
  }

  /// KV numbers held for one request after `context` tokens, windows taken into account.
  public func kvElements(context: Int) -> Double {
    switch self {
    case .grouped(let it): it.kvElementsPerEntry * Double(min(context, it.window ?? context))
    case .latent: kvElementsPerToken * Double(context)
    case .compressed(let it):
      Double(it.headDimension)
        * Double(min(context, it.window) + (it.ratio > 0 ? context / it.ratio : 0))
    case .recurrent, .none: 0
    }
  }

  /// Index-key numbers that one more token adds, for layers that choose what to read.
  public var indexElementsPerToken: Double {
    switch self {
    case .grouped(let it): Double(it.indexer.map { $0.reused ? 0 : $0.dimension } ?? 0)
    case .latent(let it): Double(it.indexer.map { $0.reused ? 0 : $0.dimension } ?? 0)
    case .compressed(let it):
      it.ratio > 0 ? Double(it.indexer?.dimension ?? 0) / Double(it.ratio) : 0
    case .recurrent, .none: 0
    }
  }

  /// Numbers of fixed-size state for one request: `RecurrentMixer.stateElements`, else 0.
  public var stateElements: Double {
    guard case .recurrent(let mixer) = self else { return 0 }
    return mixer.stateElements
  }

  /// The reach in tokens beyond which a layer reads nothing, or nil without such a bound.
  public var window: Int? {
    switch self {
    case .grouped(let it): it.window
    case .compressed(let it): it.ratio == 0 ? it.window : nil
    case .latent, .recurrent, .none: nil
    }
  }

  /// Query heads; 0 for layers without a KV cache.
  public var queryHeads: Int {
    switch self {
    case .grouped(let it): it.queryHeads
    case .latent(let it): it.heads
    case .compressed(let it): it.heads
    case .recurrent, .none: 0
    }
  }

  /// Heads that keys and values are held for; 1 where all queries share one latent.
  public var kvHeads: Int {
    switch self {
    case .grouped(let it): it.kvHeads
    case .latent, .compressed: 1
    case .recurrent, .none: 0
    }
  }

  /// The attention's weights in a model of width `hidden`.
  public func matrices(hidden: Int) -> [Matrix] {
    switch self {
    case .grouped(let it): it.matrices(hidden: hidden)
    case .latent(let it): it.matrices(hidden: hidden)
    case .compressed(let it): it.matrices(hidden: hidden)
    case .recurrent(let it): it.matrices(hidden: hidden)
    case .none: []
    }
  }
}

/// A small attention that picks which KV entries the main one reads.
public struct Indexer: Sendable, Hashable {
  public var heads: Int
  public var dimension: Int
  /// How many entries it picks: tokens, or blocks of `blockTokens`.
  public var topK: Int
  public var blockTokens: Int
  /// The layer uses the picks of an earlier layer and holds no indexer weights.
  public var reused: Bool

  public init(heads: Int, dimension: Int, topK: Int, blockTokens: Int = 1, reused: Bool = false) {
    self.heads = heads
    self.dimension = dimension
    self.topK = topK
    self.blockTokens = blockTokens
    self.reused = reused
  }

  /// Query projection from `queryInputs`, key projection from `hidden`, a weight for each head
  /// where `weighted`, and the key's norm.
  func matrices(queryInputs: Int, hidden: Int, weighted: Bool) -> [Matrix] {
    guard !reused else { return [] }
    var list = [
      Matrix("index_q", .indexer, rows: heads * dimension, columns: queryInputs),
      Matrix("index_k", .indexer, rows: dimension, columns: hidden),
      Matrix("index_k_norm", .norm, rows: 2 * dimension),
    ]
    if weighted { list.append(Matrix("index_weights", .indexer, rows: heads, columns: hidden)) }
    return list
  }
}
