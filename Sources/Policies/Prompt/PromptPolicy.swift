/// Which tokens of a prompt are processed, how it is cut, and which pairs its attention computes.
public struct PromptPolicy: Sendable, Hashable {
  /// KV of the first tokens that exists before the prompt.
  public struct Cached: Sendable, Hashable {
    public var tokens: Int
    /// Where it lies; nil is beside the processor.
    public var tier: String?

    public init(tokens: Int, tier: String? = nil) {
      self.tokens = tokens
      self.tier = tier
    }
  }

  /// Layers that process only some of the tokens.
  public struct Pruning: Sendable, Hashable {
    public enum Parts: String, CaseIterable, Sendable {
      /// The whole layer: the others pass it by, and leave no KV there.
      case layer
      /// Queries, keys and values of its attention; projections and FFN see all.
      case attention
      /// Attention with its projections; the FFN sees all.
      case attentionBlock = "attention-block"
      /// The feed-forward block.
      case feedForward = "ffn"
    }

    public var layers: LayerRange
    public var keep: TokenAmount
    public var parts: Parts

    public init(layers: LayerRange = .all, keep: TokenAmount, parts: Parts = .layer) {
      self.layers = layers
      self.keep = keep
      self.parts = parts
    }
  }

  public var cached: Cached?
  /// Tokens of one pass; nil processes the prompt in one.
  public var chunk: Int?
  /// Parts of the prompt, without the question, that do not see each other.
  public var contexts = 1
  /// Last tokens of the prompt, which see all and are never compressed.
  public var question = 0
  /// Tokens before the question that become one position.
  public var compress = 1
  public var pruning: [Pruning] = []
  /// What attention computes; the pairs of heads that no entry takes are all computed.
  public var attention: [PromptSelection] = []
  /// Whether the scenario names the site at all: only then has a recording of kernels a prompt.
  public var isStated = false

  public init() {}

  /// Whether nothing changes the dense pass over the whole prompt.
  public var isDense: Bool {
    cached == nil && chunk == nil && contexts == 1 && compress == 1 && pruning.isEmpty
      && attention.isEmpty
  }
}

extension Setting {
  /// Positions of the prompt that are processed and leave KV: its tokens, or fewer when compressed.
  public var promptPositions: Int {
    let every = method.prompt.compress
    guard every > 1 else { return workload.prompt }
    let question = min(method.prompt.question, workload.prompt)
    return (workload.prompt - question + every - 1) / every + question
  }

  /// Shares of the positions that the parts of a layer process.
  func promptShares(layer: Int) -> PromptShares {
    var shares = PromptShares()
    let positions = Double(promptPositions)
    for part in method.prompt.pruning where part.layers.contains(layer, of: model.layerCount) {
      shares.take(part.keep.of(positions) / positions, of: part.parts)
    }
    return shares
  }
}

extension Setting {
  /// Share of the positions whose keys and values a layer computes.
  public func keptByAttention(layer: Int) -> Double { promptShares(layer: layer).projections }
}

/// Shares of a prompt's positions, 0 to 1.
struct PromptShares: Sendable, Hashable {
  /// What passes through the layer at all.
  var layer = 1.0
  var projections = 1.0
  var attention = 1.0
  var feedForward = 1.0

  mutating func take(_ share: Double, of parts: PromptPolicy.Pruning.Parts) {
    if parts == .layer { layer = min(layer, share) }
    if parts == .layer || parts == .attentionBlock { projections = min(projections, share) }
    if parts != .feedForward { attention = min(attention, share) }
    if parts == .layer || parts == .feedForward { feedForward = min(feedForward, share) }
  }
}
