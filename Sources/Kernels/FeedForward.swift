import CKernels

/// A feed-forward network in neuron bundles: what one neuron needs lies in one piece.
///
/// h[i] = act(up_i . x), or act(gate_i . x) (up_i . x) when gated; y = sum of h[i] down_i.
public struct FeedForward: Sendable {
  /// Under SiLU nearly every neuron fires: whole experts are chosen, not neurons.
  public enum Activation: Sendable, Hashable, CaseIterable {
    case relu, silu
  }

  public let neurons: Int
  public let width: Int
  public let isGated: Bool
  public let activation: Activation
  /// [up | down] or [gate | up | down] of one neuron after the other, `width` floats each.
  public let bundles: [Float]

  /// - Throws: `.outOfRange` for sizes below 1, `.wrongCount` for another number of floats.
  public init(
    neurons: Int, width: Int, isGated: Bool = false, activation: Activation = .relu,
    bundles: [Float]
  ) throws(KernelFault) {
    try Inputs.size(neurons, "neurons")
    try Inputs.size(width, "width")
    let floats = try Inputs.product(neurons, width, isGated ? 3 : 2)
    try Inputs.count(bundles.count, floats, "bundles")
    self.neurons = neurons
    self.width = width
    self.isGated = isGated
    self.activation = activation
    self.bundles = bundles
  }

  func use<Result>(_ body: (UnsafePointer<lacuna_ffn>) -> Result) -> Result {
    bundles.withUnsafeBufferPointer { bundles in
      var known = lacuna_ffn(
        bundles: bundles.baseAddress, neurons: Int64(neurons), width: Int64(width),
        gated: isGated ? 1 : 0, activation: activation == .silu ? LACUNA_SILU : LACUNA_RELU)
      return withUnsafePointer(to: &known) { body($0) }
    }
  }
}

extension WorkerPool {
  /// Every neuron is computed and added.
  public func run(_ network: FeedForward, _ x: [Float]) throws(KernelFault) -> [Float] {
    try Inputs.count(x.count, network.width, "x")
    var y = [Float](repeating: 0, count: network.width)
    try Inputs.check(network.use { lacuna_ffn_dense(handle, $0, x, &y, nil) })
    return y
  }

  /// Every neuron is computed and added. The ids of those that fired come back with y.
  func runNamingFired(
    _ network: FeedForward, _ x: [Float]
  ) throws(KernelFault) -> (y: [Float], fired: [Int32]) {
    try Inputs.count(x.count, network.width, "x")
    var y = [Float](repeating: 0, count: network.width)
    var hidden = [Float](repeating: 0, count: network.neurons)
    try Inputs.check(network.use { lacuna_ffn_dense(handle, $0, x, &y, &hidden) })
    return (y, (0..<Int32(network.neurons)).filter { hidden[Int($0)] != 0 })
  }

  /// The neurons `ids` alone, rising, as where a predictor chose them.
  public func run(
    _ network: FeedForward, neurons ids: [Int32], _ x: [Float], recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> [Float] {
    try Inputs.count(x.count, network.width, "x")
    try Inputs.rising(ids, below: network.neurons, "ids")
    var y = [Float](repeating: 0, count: network.width)
    let status = TouchRecorder.use(recorder) { recorder in
      network.use {
        lacuna_ffn_gathered(handle, $0, ids, Int64(ids.count), x, &y, nil, recorder)
      }
    }
    try Inputs.check(status)
    return y
  }

  /// Exact without a predictor: only neurons that fire are added. Their ids come back with y.
  public func runFiring(
    _ network: FeedForward, _ x: [Float], recorder: TouchRecorder? = nil
  ) throws(KernelFault) -> (y: [Float], fired: [Int32]) {
    try Inputs.count(x.count, network.width, "x")
    var y = [Float](repeating: 0, count: network.width)
    var hidden = [Float](repeating: 0, count: network.neurons)
    var fired = [Int32](repeating: 0, count: network.neurons)
    let count = TouchRecorder.use(recorder) { recorder in
      network.use { lacuna_ffn_firing(handle, $0, x, &y, &hidden, &fired, recorder) }
    }
    guard count >= 0 else { throw .outOfMemory }
    fired.removeLast(fired.count - Int(count))
    return (y, fired)
  }
}
