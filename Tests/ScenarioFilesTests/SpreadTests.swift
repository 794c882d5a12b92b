import Models
import Policies
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import ScenarioFiles

/// A model that several devices serve: what one of them has of it, and what they exchange.
struct SpreadTests {
  private func model(_ name: String) throws -> Model {
    try ModelLibrary(folder: Checkout.path("scenarios/models"))
      .model(name, at: .init(file: "test"))
  }

  @Test(arguments: [2, 4, 8])
  func devicesShareHeadsNeuronsAndVocabulary(devices: Int) throws {
    let whole = try model("Qwen/Qwen3-32B")
    let part = try #require(whole.share(tensor: devices, experts: 1))
    guard case .grouped(let heads) = part.layer(0).attention,
      case .dense(let feed) = part.layer(0).feedForward
    else {
      Issue.record("grouped attention and a dense block are expected")
      return
    }
    #expect(heads.queryHeads == 64 / devices)
    #expect(heads.kvHeads == 8 / devices)
    #expect(feed.intermediate == 25600 / devices)
    #expect(part.vocabulary == 151_936 / devices)
    #expect(part.hidden == whole.hidden)
    #expect(part.layerCount == whole.layerCount)
  }

  @Test func keyHeadsThatAreTooFewAreRepeated() throws {
    let part = try #require(try model("Qwen/Qwen3-32B").share(tensor: 16, experts: 1))
    guard case .grouped(let heads) = part.layer(0).attention else { return }
    #expect((heads.queryHeads, heads.kvHeads) == (4, 1))
    #expect(try model("Qwen/Qwen3-32B").share(tensor: 3, experts: 1) == nil)
  }

  @Test func expertsAreDealtOutWhole() throws {
    let part = try #require(
      try model("Qwen/Qwen3-30B-A3B-Instruct-2507").share(tensor: 1, experts: 2))
    guard case .experts(let it) = part.layer(0).feedForward,
      case .grouped(let heads) = part.layer(0).attention
    else { return }
    #expect((it.count, it.topK, it.expert.intermediate) == (64, 8, 768))
    #expect(heads.queryHeads == 32)
  }

  static let served = """
    schema: 1
    hardware: nvidia-rtx-pro-6000-server
    runtime: vllm-0.19
    model: Qwen/Qwen3-32B
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 1000, generate: 2, batch: 16}
    partition: {tensor: {devices: 2}}

    """

  private func metrics(_ text: String) throws -> (step: Double, operations: Set<String>) {
    let file = try ScenarioFile(
      document: Document(text: text, file: "sample.yaml"), settings: [])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let variant = try #require(file.variants.first)
    let report = try Simulator(resolver.resolve(file.scenario(variant: variant))).run(.both).report
    let step = try #require(report.analytic?.total.value)
    #expect(abs(step / (report.playback?.total.value ?? 0) - 1) < 1e-6)
    return (step, Set(report.operations.map(\.name)))
  }

  @Test func twoDevicesTakeOverHalfOfTheTimeAndExchange() throws {
    let (two, operations) = try metrics(Self.served)
    let (one, _) = try metrics(
      Self.served.replacing("partition: {tensor: {devices: 2}}\n", with: ""))
    #expect(two > 0.5 * one)
    #expect(two < 0.75 * one)
    #expect(operations.isSuperset(of: ["attention.reduce", "ffn.reduce", "head.gather"]))
  }

  @Test func expertsOfTwoDevicesGatherAndScatterTokens() throws {
    let text = Self.served.replacing("tensor", with: "experts")
      .replacing("Qwen/Qwen3-32B", with: "Qwen/Qwen3-30B-A3B-Instruct-2507")
    let (_, operations) = try metrics(text)
    #expect(operations.isSuperset(of: ["experts.gather", "experts.scatter"]))
    #expect(operations.isDisjoint(with: ["attention.reduce", "head.gather"]))
  }

  static let broken = [
    BrokenSample(
      "devices: 2", "devices: 3",
      "sample.yaml:7:21: error: partition.tensor is '3 devices'; heads, neurons, or experts of "
        + "Qwen/Qwen3-32B cannot be cut evenly over so many"),
    BrokenSample(
      "tensor: {devices: 2}", "experts: {devices: 2}",
      "sample.yaml:7:22: error: partition.experts is '2 devices'; the model has no experts"),
    BrokenSample(
      "devices: 2", "devices: 0",
      "sample.yaml:7:31: error: partition.tensor.devices is '0'; expected a whole number between 1 "
        + "and 1024"),
    BrokenSample(
      "tensor: {devices: 2}", "tensor: {}",
      "sample.yaml:7:21: error: missing key 'partition.tensor.devices'; expected how many share the model"
    ),
    BrokenSample(
      "tensor: {devices: 2}", "tensor: {devices: 2}, experts: {devices: 2}",
      "sample.yaml:7:12: error: partition.experts is 'given with tensor'; devices that share every "
        + "matrix share each expert too; leave one out"),
    BrokenSample(
      "runtime: vllm-0.19", "runtime: cuda-graph",
      "sample.yaml:7:21: error: partition.tensor is 'runtime cuda-graph'; name a runtime that states a "
        + "library for collective, as vllm"),
  ]

  @Test(arguments: broken)
  func faultsAreLines(_ broken: BrokenSample) { broken.check(in: Self.served) }
}
