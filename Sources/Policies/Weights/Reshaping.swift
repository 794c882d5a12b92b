import Models

extension WeightsPolicy {
  /// Rows and columns of all matrices are cut where they meet the residual stream.
  public struct Slice: Sendable, Hashable {
    /// Share of the width that is cut, at least 0 and below 1.
    public var share: Double
    /// What is left is a multiple of so many.
    public var round: Int
    /// Whether each of the two residual sums of a layer has a matrix between the bases of the
    /// blocks before and behind it.
    public var shortcuts: Bool

    public init(share: Double, round: Int = 1, shortcuts: Bool = true) {
      self.share = share
      self.round = round
      self.shortcuts = shortcuts
    }

    /// The width that is left of `width`, never more than it.
    public func width(of width: Int) -> Int { WeightsPolicy.kept(1 - share, of: width, round) }
  }

  /// How many FFN neurons some layers keep.
  public struct KeptNeurons: Sendable, Hashable {
    public var layers: LayerRange
    /// Share of the neurons, above 0 and at most 1.
    public var keep: Double
    /// What is left is a multiple of so many.
    public var round: Int

    public init(layers: LayerRange = .all, keep: Double, round: Int = 1) {
      self.layers = layers
      self.keep = keep
      self.round = round
    }
  }

  /// A share of `width` to the nearest multiple of `step`, at least one and at most all of it.
  static func kept(_ share: Double, of width: Int, _ step: Int) -> Int {
    let steps = max(1, (share * Double(width) / Double(step)).rounded())
    return min(width, Int(steps) * step)
  }

  /// What is left of a model whose weights are cut: the shape that a step computes.
  public func reshaped(_ model: Model) -> Model {
    guard slice != nil || !neurons.isEmpty else { return model }
    let hidden = slice?.width(of: model.hidden) ?? model.hidden
    let layers = (0..<model.layerCount).map { index -> Layer in
      var layer = model.layer(index)
      if let cut = neurons.first(where: { $0.layers.contains(index, of: model.layerCount) }) {
        layer.feedForward = cut.applied(to: layer.feedForward)
      }
      if let slice, slice.shortcuts {
        layer.products += ["shortcut_attention", "shortcut_ffn"].map {
          Matrix($0, .attention, rows: hidden, columns: hidden)
        }
      }
      return layer
    }
    return Model(like: model, hidden: hidden, layers: layers)
  }
}

extension WeightsPolicy.KeptNeurons {
  /// Routed and shared experts are cut as dense blocks are.
  func applied(to block: FeedForward) -> FeedForward {
    func cut(_ dense: DenseFeedForward) -> DenseFeedForward {
      var dense = dense
      dense.intermediate = WeightsPolicy.kept(keep, of: dense.intermediate, round)
      return dense
    }
    switch block {
    case .dense(let dense): return .dense(cut(dense))
    case .experts(var experts):
      experts.expert = cut(experts.expert)
      experts.shared = experts.shared.map(cut)
      return .experts(experts)
    case .none: return .none
    }
  }
}
