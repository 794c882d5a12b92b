import Quantities

/// The routed experts of one layer: permutation, grouped products, activation, combination.
public struct ExpertCall: Sendable, Hashable {
  /// How tokens choose experts.
  public enum Routing: Sendable, Hashable {
    /// Round robin.
    case balanced
    /// Each expert's load drawn from a power law `x^-exponent`, then normalised.
    case powerLaw(exponent: Double)
    /// What the run counted: experts with a token, tokens of the busiest expert.
    case counted(active: Int, mostLoaded: Int)
  }

  /// How a library cuts the products into tiles.
  public enum Tiling: Sendable, Hashable {
    /// The best of the tiles that it has: a tuned or searched choice.
    case best
    /// 128 columns, and `ExpertLoad.tileRows[place]` rows.
    case rows(place: Int)
    /// Its untuned default for few tokens: 16 rows of 32 columns.
    case small
    /// Its untuned default for many: 64 rows of 64 columns.
    case large
  }

  /// Tokens that enter the layer, of the whole expert-parallel group.
  public var tokens: Int
  public var hidden: Int
  /// Width of one expert before it is split.
  public var inner: Int
  public var topK: Int
  public var experts: Int
  /// Devices that share each expert, and devices that share out the experts.
  public var tensorParallel: Int
  public var expertParallel: Int
  /// Whether there is a gate beside the up projection: three matrices, not two.
  public var isGated: Bool
  public var routing: Routing
  public var weights: Precision
  public var arithmetic: Precision
  public var isCold: Bool
  /// How the tokens lie over this device's experts.
  public var load: ExpertLoad
  /// Pairs that pass through the element-wise kernels: those of other devices too, where the
  /// library leaves them in.
  public var passingSlots: Double
  public var tiling: Tiling

  /// - Parameters:
  ///   - load: by default the even load of the device.
  ///   - passingSlots: by default those of `load`.
  public init(
    tokens: Int, hidden: Int, inner: Int, topK: Int, experts: Int, tensorParallel: Int = 1,
    expertParallel: Int = 1, isGated: Bool = true, routing: Routing, weights: Precision,
    arithmetic: Precision, isCold: Bool, load: ExpertLoad? = nil, passingSlots: Double? = nil,
    tiling: Tiling = .best
  ) {
    self.tokens = tokens
    self.hidden = hidden
    self.inner = inner
    self.topK = topK
    self.experts = experts
    self.tensorParallel = tensorParallel
    self.expertParallel = expertParallel
    self.isGated = isGated
    self.routing = routing
    self.weights = weights
    self.arithmetic = arithmetic
    self.isCold = isCold
    let pairs = Double(tokens) * Double(topK) / Double(max(1, expertParallel))
    let local = Double(max(1, experts / max(1, expertParallel)))
    self.load =
      load ?? ExpertLoad(even: pairs, over: min(local, pairs), tokens: Double(tokens))
    self.passingSlots = passingSlots ?? self.load.slots
    self.tiling = tiling
  }

  /// Experts of one device.
  public var localExperts: Int { max(1, experts / max(1, expertParallel)) }

  /// Weights of one expert on one device.
  public var expertWeights: Double {
    (isGated ? 3 : 2) * Double(hidden) * Double(inner) / Double(max(1, tensorParallel))
  }

  /// Width of one expert on one device.
  public var localInner: Double { Double(inner) / Double(max(1, tensorParallel)) }

  public var flops: Double { 2 * load.slots * expertWeights }

  public var bytes: Double {
    load.active * expertWeights * weights.bits / 8 + 2 * Double(tokens) * Double(hidden) * 2
  }
}
