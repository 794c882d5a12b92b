import Models

/// What the time of one decode step depends on in a model: numbers of weights and of KV cache.
///
/// Prediction heads, vision and audio towers are not counted (see `Model`).
public struct StepSizes: Sendable, Hashable {
  /// Layers of one attention, by what a token reads there.
  public struct Mixer: Sendable, Hashable {
    /// Layers of this kind.
    public var layers: Double
    /// Numbers of KV cache that a step reads for each cached token.
    public var entry: Double
    /// The cached tokens that are read; nil for all.
    public var window: Double?
    /// Heads that the cache can be split over; 1 where all queries share one latent.
    public var kvHeads: Double
    public var queryHeads: Double
    /// Multiply-adds of one query head with one cached token in a decode step.
    public var width: Double
    /// The same while a prompt is read; a latent is widened to heads then.
    public var promptWidth: Double
    /// Numbers of index keys that are read for every cached token, where a layer chooses.
    public var index: Double
    /// Numbers of fixed-size state that a step reads and writes.
    public var state: Double

    public init(
      layers: Double, entry: Double, window: Double? = nil, kvHeads: Double, queryHeads: Double,
      width: Double, promptWidth: Double? = nil, index: Double = 0, state: Double = 0
    ) {
      self.layers = layers
      self.entry = entry
      self.window = window
      self.kvHeads = kvHeads
      self.queryHeads = queryHeads
      self.width = width
      self.promptWidth = promptWidth ?? width
      self.index = index
      self.state = state
    }

    /// Tokens that are read of `context`.
    public func tokens(_ context: Double) -> Double { window.map { min(context, $0) } ?? context }
  }

  public var layers: Double
  /// Width of the residual stream.
  public var hidden: Double
  /// Numbers of the attention's weights, and of all others that every token uses, the LM head apart.
  public var attention: Double
  public var dense: Double
  public var head: Double
  /// Numbers of one routed expert; how many a layer holds and a token picks; layers that route.
  public var expert: Double
  public var experts: Double
  public var picked: Double
  public var routingLayers: Double
  public var mixers: [Mixer]

  public init(
    layers: Double, hidden: Double, attention: Double, dense: Double, head: Double,
    expert: Double = 0, experts: Double = 0, picked: Double = 0, routingLayers: Double = 0,
    mixers: [Mixer]
  ) {
    self.layers = layers
    self.hidden = hidden
    self.attention = attention
    self.dense = dense
    self.head = head
    self.expert = expert
    self.experts = experts
    self.picked = picked
    self.routingLayers = routingLayers
    self.mixers = mixers
  }

  /// Weights that one token is multiplied with, the LM head apart.
  public var active: Double { attention + dense + picked * expert * routingLayers }

  /// Experts of a layer that `tokens` tokens reach when each picks by itself: `E (1 - (1-k/E)^b)`.
  public func reached(_ tokens: Double) -> Double {
    guard experts > 0 else { return 0 }
    return experts * (1 - StepForm.power(1 - picked / experts, tokens))
  }

  /// Numbers of KV cache and state that a sequence of `context` tokens reads in a step; `share`
  /// says which part of a mixer's cache one device reads.
  public func cache(_ context: Double, share: (Mixer) -> Double = { _ in 1 }) -> Double {
    mixers.reduce(0) { sum, mixer in
      sum + mixer.layers * share(mixer)
        * (mixer.tokens(context) * mixer.entry + context * mixer.index + 2 * mixer.state)
    }
  }
}

extension StepSizes {
  /// Nil for models with compressed attention, of whose steps no form is known.
  public init?(_ model: Model) {
    var sizes = StepSizes(
      layers: Double(model.layerCount), hidden: Double(model.hidden), attention: 0, dense: 0,
      head: model.headParameters, mixers: [])
    for (shape, count) in zip(model.shapes, model.layersOfShape) {
      let layers = Double(count)
      for matrix in shape.matrices(hidden: model.hidden) {
        switch matrix.role {
        case .attention, .indexer: sizes.attention += layers * matrix.elements
        case .expert: break
        default: sizes.dense += layers * matrix.elements
        }
      }
      if case .experts(let it) = shape.feedForward {
        sizes.expert = it.elementsPerExpert(hidden: model.hidden)
        sizes.experts = Double(it.count)
        sizes.picked = Double(it.topK)
        sizes.routingLayers += layers
      }
      switch shape.attention {
      case .grouped(let it): sizes.mixers.append(Mixer(it, layers: layers))
      case .latent(let it): sizes.mixers.append(Mixer(it, layers: layers))
      case .recurrent(let it):
        sizes.mixers.append(
          Mixer(
            layers: layers, entry: 0, kvHeads: Double(it.keyHeads), queryHeads: 0, width: 0,
            state: it.stateElements))
      case .compressed: return nil
      case .none: break
      }
    }
    self = sizes
  }
}

extension StepSizes.Mixer {
  init(_ it: GroupedAttention, layers: Double) {
    let chosen = it.indexer.map { Double($0.topK * $0.blockTokens) }
    self.init(
      layers: layers, entry: it.kvElementsPerEntry,
      window: [it.window.map(Double.init), chosen].compactMap { $0 }.min(),
      kvHeads: Double(it.kvHeads), queryHeads: Double(it.queryHeads),
      width: Double(it.keyDimension + it.valueDimension),
      index: it.indexer.map { Double($0.dimension) / Double(max(1, $0.blockTokens)) } ?? 0)
  }

  init(_ it: LatentAttention, layers: Double) {
    self.init(
      layers: layers, entry: Double(it.kvRank + it.ropeDimension),
      window: it.indexer.map { Double($0.topK * $0.blockTokens) }, kvHeads: 1,
      queryHeads: Double(it.heads), width: Double(2 * it.kvRank + it.ropeDimension),
      promptWidth: Double(it.nopeDimension + it.ropeDimension + it.valueDimension),
      index: it.indexer.map { Double($0.dimension) / Double(max(1, $0.blockTokens)) } ?? 0)
  }
}
