import Diagnostics
import Scenarios
import TestSupport
import Testing

@testable import ScenarioFiles

/// Variants that ask for the same trace share one, and no others do.
@Suite struct TraceStoreTests {
  private static let text = """
    schema: 1
    hardware: apple-m1-max
    runtime: pytorch-mps
    model:
      {hidden: 64, layers: 2, vocabulary: 64, tied: true, heads: 2, gated: false,
       activation: relu, ffn: 256}
    precision: {weights: fp16, kv: fp16}
    workload: {prompt: 4, generate: 8}
    weights: {ffn: {tier: flash}}
    neurons: {select: active, trace: {like: traces/relu-a-python.ltrace}}
    variants:
      plain: {}
      windowed: {neurons: {window: 3 tokens}}
      longer: {workload: {generate: 9}}
      other-seed: {seed: 2}
      sparser: {neurons: {trace: {density: 0.01}}}
    """

  /// The words of a variant's trace: where they lie, and what they are.
  private struct Words {
    var address: UnsafePointer<UInt64>?
    var all: [UInt64]
    // Keeps the address from being given to another trace.
    var owner: ResolvedScenario
  }

  private func words(_ variant: String, _ store: inout TraceStore) throws -> Words {
    let file = try ScenarioFile(
      document: Document(text: Self.text, file: Checkout.path("scenarios/sample.yaml")),
      settings: [])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let resolved = try resolver.resolve(try file.scenario(variant: variant), traces: &store)
    let trace = try #require(resolved.neurons)
    return Words(
      address: trace.row(token: 0, layer: 0).baseAddress,
      all: (0..<trace.tokens).flatMap { token in
        (0..<trace.layers).flatMap { trace.row(token: token, layer: $0) }
      }, owner: resolved)
  }

  @Test func equalRecipesAreDrawnOnce() throws {
    var store = TraceStore()
    let plain = try words("plain", &store)
    let windowed = try words("windowed", &store)
    #expect(plain.address == windowed.address)
    var another = TraceStore()
    let again = try words("windowed", &another)
    #expect(again.address != plain.address)
    #expect(again.all == plain.all)
  }

  @Test(arguments: ["longer", "other-seed", "sparser"])
  func otherRecipesAreDrawnAnew(variant: String) throws {
    var store = TraceStore()
    let plain = try words("plain", &store)
    let other = try words(variant, &store)
    #expect(other.address != plain.address)
    #expect(other.all != plain.all)
    // What was drawn before does not change what is drawn.
    var empty = TraceStore()
    #expect(try words(variant, &empty).all == other.all)
  }
}
