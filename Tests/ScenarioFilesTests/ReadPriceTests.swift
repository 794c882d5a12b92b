import Diagnostics
import Simulation
import TestSupport
import Testing

@testable import ScenarioFiles

/// Stated reads under a runtime of calibrated kernels.
@Suite struct ReadPriceTests {
  private static let sample = """
    schema: 1
    hardware: nvidia-a100-sxm-80gb
    runtime: vllm
    model: meta-llama/Meta-Llama-3.1-8B
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 32768, generate: 4, batch: 4}
    variants:
      dense: {}
      stated: {attention: {reads: [{tokens: all}]}}
      quantised: {cache: {form: {keys: {bits: 4}, values: {bits: 4}}}}
      pages: {attention: {reads: [{tokens: 4096 tokens, pick: page, page: 64 tokens}]}}
      tokens: {attention: {reads: [{tokens: 4096 tokens, pick: token}]}}
      apart: {attention: {reads: [{tokens: 4096 tokens, pick: token, shared: false}]}}
      window: {attention: {reads: [{tokens: {sink: 64 tokens, recent: 4032 tokens}}]}}

    """

  private func report(_ variant: String) throws -> Report {
    let file = try ScenarioFile(
      document: Document(text: Self.sample, file: "sample.yaml"), settings: [])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    return try Simulator(resolver.resolve(file.scenario(variant: variant))).run(.both).report
  }

  private func attention(_ variant: String) throws -> Double {
    try #require(try report(variant).metric("attention.time_per_token"))
  }

  /// The dense step counts a long context in units of 16 tokens, stated reads one by one.
  @Test func readingAllIsTheDenseStep() throws {
    #expect(abs(try attention("stated") / attention("dense") - 1) < 1e-3)
  }

  /// A quarter of the bits takes no less than a quarter of the time, and not all of it.
  @Test func fewerBitsAreFaster() throws {
    let ratio = try attention("dense") / attention("quantised")
    #expect(ratio > 2 && ratio < 4, "\(ratio)")
  }

  /// 4096 of 32,768 tokens: at most eight times as fast; single tokens cost more than pages, and each
  /// query head its own more again.
  @Test func pickedTokensCostMoreThanPages() throws {
    let dense = try attention("dense")
    let (window, pages) = try (attention("window"), attention("pages"))
    let (tokens, apart) = try (attention("tokens"), attention("apart"))
    #expect(dense / window > 3 && dense / window <= 8, "\(dense / window)")
    #expect(dense / pages > 3 && dense / pages <= 8, "\(dense / pages)")
    #expect(tokens > pages)
    #expect(apart > 2 * tokens && apart < 5 * tokens, "\(apart / tokens)")
  }

  @Test func whatIsPickedHasAKernelOfItsOwn() throws {
    for (variant, kernel) in [("pages", "paged-select"), ("window", "vllm-fa2-bf16kv-d128")] {
      let kernels = try report(variant).calibrated.filter { $0.family == "attention-decode" }
      #expect(kernels.map(\.kernel) == [kernel], "\(variant)")
    }
  }
}
