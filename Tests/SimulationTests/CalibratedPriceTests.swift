import Costs
import Diagnostics
import Hardware
import Programs
import ScenarioFiles
import Simulation
import TestSupport
import Testing

/// Scenarios whose runtime names libraries are priced by the calibrated kernels that `validate`
/// checks, of the device or the nearest one.
@Suite struct CalibratedPriceTests {
  private static func simulator(
    model: String = "meta-llama/Meta-Llama-3.1-8B",
    hardware: String = "nvidia-a100-sxm-80gb"
  ) throws -> Simulator {
    let text = try TemporaryText(
      """
      schema: 1
      title: dense decoding
      hardware: \(hardware)
      runtime: vllm
      model: \(model)
      precision: {weights: bf16, kv: bf16}
      workload: {prompt: 1000, generate: 4, batch: 8}
      """, name: "dense.yaml")
    defer { withExtendedLifetime(text) {} }
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let file = try ScenarioFile(contentsOf: text.path, settings: [])
    return try Simulator(resolver.resolve(file.scenario(variant: file.variants[0])))
  }

  /// Queries, keys and values of Llama-3.1-8B are one product of 6,144 by 4,096; the batch is 8.
  @Test func aProductCostsWhatItsFormSays() throws {
    let simulator = try Self.simulator()
    let profile = simulator.preparation.resolved.profile
    let entry = try #require(
      try KernelBook([profile]).entry(family: "gemm", kernel: "vllm-bf16", on: profile))
    let due = entry.form.seconds(
      .product(MatrixCall(m: 8, n: 6144, k: 4096, weights: .bf16, arithmetic: .bf16)))
    let priced = simulator.priced
    let origin = try #require(
      priced.origins().first { priced.operation(at: $0).name == "attention.input" })
    let price = priced.resolvedOperation(at: origin).price(1)
    #expect(price.time.value == due)
    #expect(price.time.value > price.floor.value)
  }

  @Test func attentionGrowsWithTheContextAsItsFormSays() throws {
    let simulator = try Self.simulator()
    let profile = simulator.preparation.resolved.profile
    let entry = try #require(
      try KernelBook([profile]).entry(
        family: "attention-decode", kernel: "vllm-fa2-bf16kv-d128", on: profile))
    let priced = simulator.priced
    let origin = try #require(
      priced.origins().first { priced.operation(at: $0).name == "attention.attend" })
    for context in [1001, 1004] {
      let due = entry.form.seconds(
        .attentionDecode(
          DecodeAttentionCall(
            batch: 8, context: context, read: context, heads: 32, kvHeads: 8, keyDimension: 128,
            valueDimension: 128, page: 64, kv: .bf16, isCold: true)))
      #expect(priced.resolvedOperation(at: origin).price(Double(context)).time.value == due)
    }
  }

  @Test func bothEnginesAgree() throws {
    let run = try Self.simulator().run(.both)
    let played = try #require(run.report.playback?.total.value)
    let analytic = try #require(run.report.analytic?.total.value)
    #expect(abs(played / analytic - 1) < 1e-3)
  }

  @Test func theReportNamesTheKernelsAndTheirErrors() throws {
    let kernels = try Self.simulator().run(.analytic).report.calibrated
    #expect(
      kernels.map(\.family) == ["gemm", "attention-decode", "attention-prefill"])
    #expect(kernels.allSatisfy { !$0.isInherited && $0.device == "nvidia-a100-sxm-80gb" })
    #expect(kernels.allSatisfy { $0.error > 0 && $0.error < 0.1 })
  }

  /// Nobody timed this device: the kernels are another's, and slower than its data sheet allows.
  @Test func anUnmeasuredDeviceInherits() throws {
    let simulator = try Self.simulator(hardware: "nvidia-l40s")
    let kernels = try simulator.run(.analytic).report.calibrated
    #expect(!kernels.isEmpty && kernels.allSatisfy(\.isInherited))
    for call in simulator.priced.resolved.joined() where call.call != nil {
      #expect(call.price(1).time.value >= call.price(1).floor.value)
    }
  }

  /// A layer whose experts are at hand is one call; at batch 8 some of its 128 are chosen.
  @Test func residentExpertsAreOneCall() throws {
    let simulator = try Self.simulator(
      model: "Qwen/Qwen3-30B-A3B", hardware: "nvidia-h200-sxm")
    let names = Set(simulator.preparation.program.blocks.flatMap(\.operations).map(\.name))
    #expect(names.contains("experts.routed") && !names.contains("experts.gate-up"))
    let kernels = try simulator.run(.analytic).report.calibrated
    #expect(kernels.contains { $0.family == "moe" && $0.kernel == "vllm-triton-bf16" })
  }

  @Test func countsDecideTheSizesOfCalls() {
    let attention = DecodeAttentionCall(
      batch: 2, context: 4096, read: 4096, heads: 32, kvHeads: 8, keyDimension: 128,
      valueDimension: 128, page: 16, kv: .bf16, isCold: true)
    guard case .attentionDecode(let whole) = SizedCall.context(attention, tokensEach: 2)(100),
      // 8 heads choose 256 pages of 16 tokens between them: 512 tokens each.
      case .attentionDecode(let paged) = SizedCall.pages(attention, tokensEach: 16)(256)
    else {
      Issue.record("another kind of call")
      return
    }
    #expect(whole.context == 200 && whole.read == 200)
    #expect(paged.context == 512 && paged.read == 512)
    let experts = ExpertCall(
      tokens: 8, hidden: 2048, inner: 768, topK: 8, experts: 128, routing: .balanced,
      weights: .bf16, arithmetic: .bf16, isCold: true)
    guard case .experts(let reached) = SizedCall.activeExperts(experts)(40) else {
      Issue.record("another kind of call")
      return
    }
    #expect(reached.load.active == 40 && reached.load.slots == 64)
  }
}
