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

  public init(
    tokens: Int, hidden: Int, inner: Int, topK: Int, experts: Int, tensorParallel: Int = 1,
    expertParallel: Int = 1, isGated: Bool = true, routing: Routing, weights: Precision,
    arithmetic: Precision, isCold: Bool
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
  }

  /// Pairs of a token and an expert on one device when the load is even.
  public var pairs: Double {
    Double(tokens) * Double(topK) / Double(max(1, expertParallel))
  }

  /// Experts of one device.
  public var localExperts: Int { max(1, experts / max(1, expertParallel)) }

  /// Weights of one expert on one device.
  public var expertWeights: Double {
    (isGated ? 3 : 2) * Double(hidden) * Double(inner) / Double(max(1, tensorParallel))
  }

  /// Experts that any token of the device chose, as round robin fills them or as counted.
  public var activeExperts: Double {
    if case .counted(let active, _) = routing { return Double(active) }
    return min(Double(localExperts), pairs)
  }

  public var flops: Double { 2 * pairs * expertWeights }

  public var bytes: Double {
    activeExperts * expertWeights * weights.bits / 8 + 2 * Double(tokens) * Double(hidden) * 2
  }
}
