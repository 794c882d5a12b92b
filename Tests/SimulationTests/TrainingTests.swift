import Diagnostics
import Policies
import Programs
import Quantities
import Simulation
import Testing

/// A model of 4 layers of width 1,024 (8 heads of 128 in 2 groups, 4,096 gated neurons) over 2 sequences
/// of 2,048 tokens.
@Suite("Training steps")
struct TrainingTests {
  private static let tokens = 4096.0
  /// A layer's projections and neurons, and all weights with norms and the tied embedding.
  private static let projections = 2.0 * 1024 * 1024 + 2 * 256 * 1024
  private static let neurons = 3.0 * 4096 * 1024
  private static let weights: Double = 4 * (projections + neurons + 2048) + 1_025_024

  private func simulator(
    _ settings: String..., text: String = "", runtime: String = "pytorch-eager"
  ) throws -> Simulator {
    try PromptSample.simulator(
      text, runtime: runtime, settings: ["workload.train.optimiser=adam"] + settings)
  }

  private func items(_ simulator: Simulator) -> [String: Double] {
    let items = simulator.preparation.memory.items.map { ($0.what, $0.bytes.value) }
    return Dictionary(items, uniquingKeysWith: +)
  }

  private func flops(_ simulator: Simulator, _ prefix: String, _ kind: Operation.Kind) -> Double {
    let program = simulator.preparation.program
    return program.order.reduce(0) { sum, use in
      program.blocks[use.block].operations.filter { $0.kind == kind && $0.name.hasPrefix(prefix) }
        .reduce(sum) { $0 + $1.flops.base }
    }
  }

  @Test("what waits for the backward pass is what its formulas read")
  func keptActivations() throws {
    let held = items(try simulator())
    // Two norms in fp32; queries, results, keys and values, and a statistic a head; the input of the
    // projections; three products of the gate, the input of the last, and that of the first.
    let (norms, entries, statistics) = (8192.0, 5120.0, 32.0)
    let (projected, inner, fed) = (2048.0, 32768.0, 2048.0)
    let layer: Double = norms + entries + statistics + projected + inner + fed
    #expect(held["kept activations"] == 4 * Self.tokens * layer)
    #expect(held["optimiser"] == 12 * Self.weights)
    #expect(held["gradients"] == 2 * Self.weights)
    #expect(held["loss"] == Self.tokens * 1000 * 6)
  }

  @Test("adapters keep a copy of each input, and frozen products nothing")
  func adapters() throws {
    let trained = try simulator(
      "workload.train.adapters.rank=8", "workload.train.adapters.targets=[q, v]")
    let held = items(trained)
    let (norms, entries, statistics) = (8192.0, 5120.0, 32.0)
    let (copies, inner) = (2 * 2048.0, 24576.0)
    let layer: Double = norms + entries + statistics + copies + inner
    #expect(held["kept activations"] == 4 * Self.tokens * layer)
    let adapted: Double = 4 * 8 * (1024 + 1024 + 1024 + 256)
    #expect(held["optimiser"] == 12 * adapted)
    // Gradients go through frozen products and stop at none of their weights.
    let forward = flops(trained, "forward.", .matrixProduct)
    #expect(flops(trained, "backward.", .matrixProduct) == forward)
  }

  @Test("the backward pass has two products for one, and five of attention for two")
  func backwardFlops() throws {
    let trained = try simulator()
    let forward = flops(trained, "forward.", .matrixProduct)
    let layers: Double = 8 * Self.tokens * (Self.projections + Self.neurons)
    let head: Double = 2 * Self.tokens * 1_025_024
    #expect(forward == layers + head)
    #expect(flops(trained, "backward.", .matrixProduct) == 2 * forward)
    let attention = flops(trained, "forward.", .attentionPrefill)
    #expect(flops(trained, "backward.", .attentionPrefill) == 2.5 * attention)
  }

  @Test("layers that are computed again keep their inputs and take a forward pass more")
  func recompute() throws {
    let (plain, again) = (try simulator(), try simulator("workload.train.recompute=layers"))
    #expect(items(again)["kept activations"] == 4 * Self.tokens * 1024 * 2)
    let layers: Double = 8 * Self.tokens * (Self.projections + Self.neurons)
    #expect(flops(again, "recompute.", .matrixProduct) == layers)
    let (short, long) = (try plain.run(.both).report, try again.run(.both).report)
    let forward = try #require(short.metric("training.forward_time"))
    let head = forward - (try time(long, "recompute."))
    #expect(head > 0 && head < 0.2 * forward)
    let step = try #require(short.metric("training.step_time"))
    #expect(try #require(long.metric("training.step_time")) > step)
  }

  private func time(_ report: Report, _ prefix: String) throws -> Double {
    report.operations.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.busy.value }
  }

  @Test("forward, backward and update make up the step on one device", arguments: [true, false])
  func parts(recomputes: Bool) throws {
    let settings = recomputes ? "workload.train.recompute=layers" : "workload.train.recompute=none"
    // Launches one by one would hold kernels of this size up.
    let report = try simulator(settings, runtime: "vllm").run(.both).report
    let sum =
      try time(report, "forward.") + time(report, "recompute.")
      + time(report, "backward.") + time(report, "update")
    let step = try #require(report.metric("training.step_time"))
    #expect(abs(sum / step - 1) < 1e-6)
    #expect(report.metric("tpot") == nil)
    #expect(report.metric("ttft") == nil)
  }

  @Test("tokens left out of attention's block save its products, pairs and tensors")
  func leftOut() throws {
    let text = "prompt: {tokens: [{keep: 0.5, parts: attention-block}]}"
    let (all, half) = (try simulator(), try simulator(text: text))
    let saved = flops(all, "forward.projections", .matrixProduct) / 2
    #expect(flops(half, "forward.projections", .matrixProduct) == saved)
    #expect(
      flops(half, "forward.ffn", .matrixProduct) == flops(all, "forward.ffn", .matrixProduct))
    let pairs = flops(all, "forward.", .attentionPrefill) / 4
    #expect(abs(flops(half, "forward.", .attentionPrefill) / pairs - 1) < 1e-9)
    let gone: Double = 4 * Self.tokens * 3600
    #expect(items(half)["kept activations"] == (items(all)["kept activations"] ?? 0) - gone)
  }

  @Test("a loss in pieces holds a piece's logits and computes the head again")
  func lossPieces() throws {
    let pieces = try simulator("workload.train.loss-chunk=512 tokens")
    #expect(items(pieces)["loss"] == 3_072_000.0)
    #expect(flops(pieces, "recompute.head", .matrixProduct) > 0)
  }

  @Test(
    "what a step of training cannot have is a fault",
    arguments: [
      "prompt.chunk=512 tokens", "cache.tier=ddr", "workload.train.offload.tier=moon",
    ])
  func faults(setting: String) {
    #expect(throws: Faults.self) { _ = try simulator(setting) }
  }

  @Test("a recording without kernels trains nothing")
  func nothing() {
    #expect(throws: Faults.self) {
      _ = try PromptSample.simulator(
        "", model: "{recording: nothing, layers: 1, hidden: 1}",
        settings: ["workload.train.optimiser=none"])
    }
  }

  @Test("adapters of matrices that the model lacks are a fault")
  func unknownTargets() {
    #expect(throws: Faults.self) {
      _ = try simulator(
        "workload.train.adapters.rank=8", "workload.train.adapters.targets=[querys]")
    }
  }
}
