/// A mixture of experts: a router picks `topK` of `count` equal experts for each token; shared
/// experts run for every token.
public struct ExpertFeedForward: Sendable, Hashable {
  /// Routed experts.
  public var count: Int
  /// Routed experts that one token uses.
  public var topK: Int
  /// The shape of one routed expert.
  public var expert: DenseFeedForward
  /// Experts that every token uses.
  public var sharedCount: Int
  /// The shape of one shared expert; nil without any.
  public var shared: DenseFeedForward?
  /// A learned gate on the shared expert's output: one number from the layer's input.
  public var sharedGate = false
  /// Width that routed experts work at, when it is not the model's: two matrices take a token
  /// there and back.
  public var latentWidth: Int?
  /// One number an expert beside the router's product: a bias or a load-balancing correction.
  public var routerBias = false
  /// Experts are picked from a fixed table by token, so that they are known before the layer runs;
  /// the router's product only weighs them. The table's indices are not counted as weights.
  public var routesByToken = false

  public init(
    count: Int, topK: Int, expert: DenseFeedForward, sharedCount: Int = 0,
    shared: DenseFeedForward? = nil
  ) {
    self.count = count
    self.topK = topK
    self.expert = expert
    self.sharedCount = sharedCount
    self.shared = shared
  }

  /// Numbers of one routed expert in a model of width `hidden`: what a miss has to fetch.
  public func elementsPerExpert(hidden: Int) -> Double {
    expert.matrices(
      prefix: "", role: .expert, inputs: latentWidth ?? hidden, copies: 1, used: 1
    ).elements
  }

  func matrices(hidden: Int) -> [Matrix] {
    var list = [Matrix("router", .router, rows: count, columns: hidden)]
    if routerBias { list.append(Matrix("router_bias", .router, rows: count)) }
    if let latentWidth {
      list += [
        Matrix("latent_down", .sharedExpert, rows: latentWidth, columns: hidden),
        Matrix("latent_norm", .norm, rows: latentWidth),
        Matrix("latent_up", .sharedExpert, rows: hidden, columns: latentWidth),
      ]
    }
    list += expert.matrices(
      prefix: "expert_", role: .expert, inputs: latentWidth ?? hidden, copies: count, used: topK)
    if let shared {
      list += shared.matrices(
        prefix: "shared_", role: .sharedExpert, inputs: hidden, copies: sharedCount,
        used: sharedCount)
      if sharedGate {
        list.append(Matrix("shared_gate_out", .sharedExpert, rows: 1, columns: hidden))
      }
    }
    return list
  }
}
