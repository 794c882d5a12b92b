import Kernels
import Testing

/// Feed-forward networks by neuron bundles, and mixtures of experts.
@Suite struct NetworkTests {
  private func plain(_ network: FeedForward, _ x: [Float], neurons: [Int32]) -> [Float] {
    let width = network.width, rows = network.isGated ? 3 : 2
    var y = [Double](repeating: 0, count: width)
    for neuron in neurons {
      let bundle = Array(
        network.bundles[Int(neuron) * rows * width..<(Int(neuron) + 1) * rows * width])
      func dot(_ row: Int) -> Double {
        Plain.dot(Array(bundle[row * width..<(row + 1) * width]), x)
      }
      let gate = dot(0)
      let act =
        network.activation == .silu ? gate / (1 + Plain.exponential(-gate)) : max(gate, 0)
      let h = network.isGated ? act * dot(1) : act
      for column in 0..<width { y[column] += h * Double(bundle[(rows - 1) * width + column]) }
    }
    return y.map { Float($0) }
  }

  @Test(arguments: [true, false])
  func neurons(isGated: Bool) throws {
    var random = Plain.Random(3)
    let network = try FeedForward(
      neurons: 150, width: 33, isGated: isGated,
      bundles: random.floats(150 * 33 * (isGated ? 3 : 2)))
    let x = random.floats(33)
    let pool = try WorkerPool(threads: 2)
    let all = plain(network, x, neurons: Array(0..<150))
    #expect(Plain.error(try pool.run(network, x), all) < 1e-5)
    let ids = random.ids(below: 150, share: 0.2)
    let ofGathered = Touches(), ofFiring = Touches()
    let some = try pool.run(network, neurons: ids, x, recorder: ofGathered.recorder)
    #expect(Plain.error(some, plain(network, x, neurons: ids)) < 1e-5)
    #expect(ofGathered.lists == [.neurons: [ids]])
    let (y, fired) = try pool.runFiring(network, x, recorder: ofFiring.recorder)
    #expect(Plain.error(y, all) < 1e-5)
    #expect(ofFiring.lists == [.neurons: [fired]])
    #expect(fired.count > 30 && fired.count < 120)
    // Those that fired give the same result alone, and no other adds anything.
    #expect(Plain.error(try pool.run(network, neurons: fired, x), all) < 1e-5)
    #expect(throws: KernelFault.notRising(argument: "ids", index: 1)) {
      try pool.run(network, neurons: [4, 4], x)
    }
  }

  /// Far below zero, where an exponential of the negative would overflow, and far above.
  @Test func farFromZero() throws {
    let network = try FeedForward(
      neurons: 3, width: 1, activation: .silu, bundles: [-200, 1, 200, 1, -1, 1])
    let pool = try WorkerPool()
    let y = try pool.run(network, [1])[0]
    #expect(abs(y - (200 - 1 / (1 + 2.718_281_8))) < 1e-4)
    #expect(abs(try pool.run(network, neurons: [0], [1])[0]) < 1e-30)
  }

  @Test(
    arguments: [1, 2, 40], [(false, FeedForward.Activation.relu), (true, .relu), (true, .silu)])
  func experts(tokens: Int, form: (isGated: Bool, activation: FeedForward.Activation)) throws {
    var random = Plain.Random(UInt64(tokens))
    let router = try random.matrix(6, 20)
    let each = 9 * (form.isGated ? 3 : 2) * 20
    let bundles = random.floats(6 * each)
    let mixture = try ExpertMixture(
      router: router, neurons: 9, isGated: form.isGated, activation: form.activation,
      bundles: bundles)
    let x = random.floats(tokens * 20)
    let pool = try WorkerPool(threads: 2)
    let choice = try pool.route(mixture, x, k: 2)
    var right: [Float] = []
    for token in 0..<tokens {
      let own = Array(x[token * 20..<(token + 1) * 20])
      let logits = Plain.product(router, own)
      let best = logits.indices.sorted { logits[$0] > logits[$1] }.prefix(2)
      #expect(choice.ids[2 * token..<2 * token + 2].map { Int($0) } == Array(best))
      let weights = best.map { Plain.exponential(Double(logits[$0])) }
      var y = [Float](repeating: 0, count: 20)
      for (expert, weight) in zip(best, weights) {
        let network = try FeedForward(
          neurons: 9, width: 20, isGated: form.isGated, activation: form.activation,
          bundles: Array(bundles[expert * each..<(expert + 1) * each]))
        let share = Float(weight / (weights[0] + weights[1]))
        for (column, value) in plain(network, own, neurons: Array(0..<9)).enumerated() {
          y[column] += share * value
        }
      }
      right += y
    }
    let touches = Touches()
    #expect(
      Plain.error(try pool.run(mixture, choice, x, recorder: touches.recorder), right) < 1e-5)
    let chosen = (0..<tokens).map { Array(choice.ids[2 * $0..<2 * $0 + 2]) }
    #expect(touches.lists == [.experts: chosen])
    #expect(Plain.error(try pool.run(mixture, choice, x, isDense: true), right) < 1e-5)
    #expect(throws: KernelFault.outOfRange(argument: "k", found: 7, allowed: 1...6)) {
      try pool.route(mixture, x, k: 7)
    }
  }
}
