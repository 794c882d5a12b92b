import Policies
import TestSupport
import Testing

@testable import ScenarioFiles

/// How weights are stored and cut: what is read, and one fault of each kind.
@Suite struct WeightFaultTests {
  static let sample = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model: meta-llama/Llama-2-7b
    precision: {weights: fp16, kv: fp16}
    workload: {prompt: 1024, generate: 4}
    weights:
      form: {pattern: n-of-m, n: 2, m: 4, wrap: 128 elements}
      ffn:
        form: {pattern: group, keep: 0.5, bits: 4, group: 16 elements, scale-bits: 16, zero-bits: 4}
        keep: 0.5
        round: 128 elements
      slice: {share: 0.25, round: 8 elements}
      devices: 2
    neurons: {select: gate, keep: 0.5}

    """

  private func method() throws -> MethodChoice {
    let document = try Document(text: Self.sample, file: "sample.yaml")
    return try ScenarioFile(document: document, settings: []).scenario(variant: "default").scenario
      .method
  }

  @Test func theSampleIsFine() throws {
    #expect(ScenarioSample.lines(Self.sample).isEmpty)
    let method = try method()
    let group = WeightForm(
      pattern: .groups(kept: 0.5), bits: 4, group: 16, scale: 16, zero: 4, index: 16,
      indexScope: .group)
    let pairs = WeightForm(pattern: .nOfM(n: 2, m: 4), index: 2, wrap: 128)
    #expect(method.weights.forms == [.attention: pairs, .ffn: group])
    #expect(method.weights.placements.isEmpty)
    #expect(method.weights.neurons == [.init(keep: 0.5, round: 128)])
    #expect(method.weights.slice == .init(share: 0.25, round: 8))
    #expect(method.weights.devices == 2)
    #expect(method.neurons.selection == .gate(keep: 0.5))
  }

  @Test(arguments: [
    BrokenSample(
      "n: 2, m: 4", "n: 5, m: 4",
      "sample.yaml:8:9: error: weights.form.n is '5'; give at most the 4 of m"),
    .init(
      "n: 2, m: 4", "n: 2",
      "sample.yaml:8:9: error: missing key 'weights.form.m'; expected of how many"),
    .init(
      "pattern: group, keep: 0.5", "pattern: group",
      "sample.yaml:10:11: error: missing key 'weights.ffn.form.keep'; expected the share of weights "
        + "kept"),
    .init(
      "group: 16 elements, ", "",
      "sample.yaml:10:11: error: missing key 'weights.ffn.form.group'; expected weights of a group"),
    .init(
      "wrap: 128 elements", "wrap: 128",
      "sample.yaml:8:45: error: weights.form.wrap is '128'; expected 1 to 65536 elements, as 64 "
        + "elements"),
    .init(
      "keep: 0.5\n    round", "round",
      "sample.yaml:10:5: error: missing key 'weights.ffn.keep'; expected the share of neurons that "
        + "are left"),
    .init(
      "share: 0.25", "share: 1.5",
      "sample.yaml:13:18: error: weights.slice.share is '1.5'; expected a number between 0.0 and "
        + "0.99"),
    .init(
      "devices: 2", "devices: 0",
      "sample.yaml:14:12: error: weights.devices is '0'; expected a whole number between 1 and 1024"
    ),
    .init(
      "select: gate, keep: 0.5", "select: gate",
      "sample.yaml:15:10: error: missing key 'neurons.keep'; expected the share of neurons that a "
        + "token computes"),
    .init(
      "model: meta-llama/Llama-2-7b", "model: facebook/opt-6.7b",
      "sample.yaml:15:19: error: neurons.select is 'gate'; the FFN of facebook/opt-6.7b has no gate; "
        + "use stated"),
  ])
  func faults(_ broken: BrokenSample) {
    broken.check(in: Self.sample)
  }
}
