import CKernels

/// The experts of one layer: feed-forward networks of one shape and the router that chooses.
public struct ExpertMixture: Sendable {
  /// All networks in one: `count` times `neurons` neurons, one expert after the other.
  private let networks: FeedForward
  public let count: Int
  public let router: DenseMatrix

  public var neurons: Int { networks.neurons / count }
  public var width: Int { networks.width }

  /// - Parameters:
  ///   - router: experts x width.
  ///   - bundles: The neuron bundles of one expert after the other, as `FeedForward.bundles`.
  /// - Throws: `.wrongCount`, `.outOfRange`.
  public init(
    router: DenseMatrix, neurons: Int, isGated: Bool = false,
    activation: FeedForward.Activation = .relu, bundles: [Float]
  ) throws(KernelFault) {
    try Inputs.size(neurons, "neurons")
    count = router.rows
    self.router = router
    networks = try FeedForward(
      neurons: try Inputs.product(router.rows, neurons), width: router.columns,
      isGated: isGated, activation: activation, bundles: bundles)
  }

  fileprivate func use<Result>(_ body: (UnsafePointer<lacuna_experts>) -> Result) -> Result {
    networks.use { all in
      var first = all.pointee
      first.neurons = Int64(neurons)
      var known = lacuna_experts(first: first, count: Int64(count))
      return withUnsafePointer(to: &known) { body($0) }
    }
  }
}

/// The experts that tokens chose, best first.
public struct ExpertChoice: Sendable, Hashable {
  /// Experts a token.
  public let k: Int
  /// tokens x k.
  public let ids: [Int32]
  public let shares: [Float]
}

extension WorkerPool {
  /// The `k` experts of each token by the router's softmax, whose shares are made to sum to 1
  /// over them when `renormalised`. `x` is tokens x width.
  public func route(
    _ mixture: ExpertMixture, _ x: [Float], k: Int, renormalised: Bool = true
  ) throws(KernelFault) -> ExpertChoice {
    try Inputs.range(k, 1...mixture.count, "k")
    try Inputs.count(x.count % mixture.width, 0, "x past whole tokens")
    let tokens = x.count / mixture.width
    var ids = [Int32](repeating: 0, count: tokens * k)
    var shares = [Float](repeating: 0, count: tokens * k)
    try Inputs.check(
      lacuna_route(
        handle, mixture.router.values, Int64(mixture.count), Int64(mixture.width), x,
        Int64(tokens), Int64(k), renormalised ? 1 : 0, &ids, &shares))
    return ExpertChoice(k: k, ids: ids, shares: shares)
  }

  /// The sum of each token's experts, by their shares. `isDense` computes every expert for every
  /// token, to compare with.
  public func run(
    _ mixture: ExpertMixture, _ choice: ExpertChoice, _ x: [Float], isDense: Bool = false,
    recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    let tokens = choice.ids.count / choice.k
    try Inputs.count(x.count, tokens * mixture.width, "x")
    var out = [Float](repeating: 0, count: x.count)
    let status = TouchRecorder.use(recorder) { recorder in
      mixture.use { experts in
        isDense
          ? lacuna_experts_run_dense(
            handle, experts, x, Int64(tokens), Int64(choice.k), choice.ids, choice.shares, &out)
          : lacuna_experts_run(
            handle, experts, x, Int64(tokens), Int64(choice.k), choice.ids, choice.shares, &out,
            recorder)
      }
    }
    try Inputs.check(status)
    return out
  }
}
