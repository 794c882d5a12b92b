import Diagnostics
import Exploration
import Foundation
import NumericalMethods
import ScenarioFiles
import Scenarios
import Simulation
import TestSupport
import Testing

/// The fast path of a sweep against the slow one: all keys read together from the file, every name
/// looked up, every step simulated.
struct SweptScenarioTests {
  static let metrics = [
    "ttft", "tpot", "throughput", "request.time", "kv.bytes", "energy_per_token",
    "cost_per_million_tokens", "memory.hbm.peak", "memory.vram.peak", "attention.time_per_token",
  ]

  private static let quest = [
    "hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb,rtx-4090-pcie4-ddr5-desktop",
    "runtime=pytorch-eager,cuda-graph", "workload.batch=1,3,40", "workload.prompt=600,4096,9001",
    "workload.generate=1,5,33",
    "attention.reads.attend.tokens.keep=256 tokens..4096 tokens*2",
    "attention.reads.score.vectors=1,2", "cache.form={keys: {bits: 4}},{keys: {bits: 8}}",
    "precision.weights=int4,fp16", "prompt={chunk: 512 tokens},{chunk: 8192 tokens}",
    "model=meta-llama/Llama-2-7b,meta-llama/Meta-Llama-3-8B", "variant=sparse",
  ]

  private static let offload = [
    "hardware=rtx-4090-pcie4-ddr5-desktop,a100-sxm-pcie4-ddr4", "workload.batch=1,2",
    "workload.generate=3,8", "experts.resident.budget=4 experts,8 experts",
    "experts.prefetch={by: previous-layer},0 layers",
  ]

  @Test(arguments: [
    ("scenarios/systems/quest.yaml", quest, 40),
    (
      "scenarios/systems/lserve.yaml",
      ["workload.batch=1..9:2", "workload.prompt=512..65536*2", "workload.generate=1,17"], 12
    ),
  ])
  func bothWaysGiveTheSameBits(file: String, keys: [String], count: Int) throws {
    let axes = try keys.map { try Axis(parsing: $0) }
    let scenarios = try ScenarioFile(contentsOf: Checkout.path(file))
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let swept = try SweptScenarios(
      scenarios, variant: scenarios.variants.last ?? "default", axes: axes, resolver: resolver)
    try swept.checkValues()
    let evaluator = PointEvaluator(swept, metrics: Self.metrics, engine: .analytic)
    let design = try Design(axes: axes, sampling: .latin(count), seed: 11)
    var cursor = DesignCursor(design)
    var point = [Int](repeating: 0, count: axes.count)
    var values = [Double](repeating: 0, count: Self.metrics.count)
    var played = 0
    for index in 0..<count {
      try cursor.point(index, into: &point)
      let fault = evaluator.evaluate(point, into: &values)
      let slow = Result {
        try Simulator(try resolver.resolve(try swept.readTogether(point))).run(.analytic).report
      }
      switch slow {
      case .success(let report):
        #expect(fault == nil)
        played += 1
        for (name, value) in zip(Self.metrics, values) {
          #expect(
            value.bitPattern == (report.metric(name) ?? .nan).bitPattern, "\(name) at \(point)")
        }
      case .failure(let error):
        let faults = try #require(error as? Faults)
        #expect(
          fault == faults.faults.map { Diagnostic.sentence($0.problem) }.joined(separator: "; "))
      }
    }
    #expect(played * 3 > count, "\(played) of \(count) points can be played")
  }

  /// What figures of a profile change by hand: half of the bandwidth takes no less than the same time
  /// and no more than twice, a smaller memory refuses, and rent is what is paid.
  @Test func figuresOfAMachineAreVaried() throws {
    let axes = try [
      "hardware.profile=nvidia-rtx-4090,nvidia-l40s", "hardware.hbm.bandwidth=400GB/s,800GB/s",
      "hardware.hbm.capacity=2GB,40GB", "hardware.price.rent=1USD/h,3USD/h",
    ].map { try Axis(parsing: $0) }
    let swept = try SweptScenarios(
      try ScenarioFile(
        contentsOf: Checkout.path("scenarios/systems/quest.yaml"), settings: ["runtime=vllm"]),
      variant: "sparse", axes: axes,
      resolver: ScenarioResolver(
        profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models")))
    try swept.checkValues()
    let evaluator = PointEvaluator(
      swept, metrics: ["tpot", "cost_per_million_tokens"], engine: .analytic)
    func values(_ point: [Int]) -> [Double]? {
      var values = [0.0, 0.0]
      return evaluator.evaluate(point, into: &values) == nil ? values : nil
    }
    for machine in 0..<2 {
      let slow = try #require(values([machine, 0, 1, 0]))
      let fast = try #require(values([machine, 1, 1, 0]))
      #expect(slow[0] > 1.3 * fast[0] && slow[0] < 2 * fast[0], "\(slow) and \(fast)")
      let dear = try #require(values([machine, 0, 1, 1]))
      #expect(abs(dear[1] - 3 * slow[1]) < 1e-9 * dear[1])
      #expect(abs(slow[1] - slow[0] / 3600 * 1e6) < 1e-9 * slow[1])
      #expect(values([machine, 0, 0, 0]) == nil)
    }
  }

  @Test(arguments: [
    "hardware.hbm.bandwidth=1GB", "hardware.hbm.speed=1GB/s", "hardware.hbm.capacity=0B,1GB",
    "hardware.hbm.bandwidth=-1TB/s", "hardware.hbm=5", "hardware.hbm.bandwidth=nan",
    "hardware.power.rent=1USD/h", "hardware.profile=[]",
  ])
  func faultyFiguresAreRefused(text: String) throws {
    #expect(throws: Faults.self) { try Self.quest(text).checkValues() }
  }

  @Test(arguments: ["hardware.hbm2.bandwidth=1TB/s", "hardware.power.idle=9kW"])
  func figuresThatTheMachineHasNotAreRefused(text: String) throws {
    let swept = try Self.quest(text)
    try swept.checkValues()
    #expect(throws: Faults.self) { try swept.resolved([0]) }
  }

  private static func quest(_ axis: String) throws -> SweptScenarios {
    try SweptScenarios(
      try ScenarioFile(contentsOf: Checkout.path("scenarios/systems/quest.yaml")),
      variant: "sparse", axes: [try Axis(parsing: axis)],
      resolver: ScenarioResolver(
        profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models")))
  }

  @Test(arguments: [
    "nothing=1", "workload.nothing=1,2", "variants.sparse.model=a", "workload.batch=0,1",
    "variant=nobody", "hardware=", "title=a",
  ])
  func faultyKeysAreRefused(text: String) throws {
    #expect(throws: Faults.self) {
      let swept = try SweptScenarios(
        try ScenarioFile(contentsOf: Checkout.path("scenarios/systems/quest.yaml")),
        variant: "sparse", axes: [try Axis(parsing: text)],
        resolver: ScenarioResolver(
          profiles: Checkout.path("hardware-profiles"),
          models: Checkout.path("scenarios/models")))
      try swept.checkValues()
    }
  }

  @Test func aKeyThatIsSetIsNotVaried() throws {
    let file = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/systems/quest.yaml"),
      settings: ["workload.batch=2"])
    #expect(throws: Faults.self) {
      try SweptScenarios(
        file, variant: "sparse", axes: [try Axis(parsing: "workload.batch=1,2")],
        resolver: ScenarioResolver(
          profiles: Checkout.path("hardware-profiles"),
          models: Checkout.path("scenarios/models")))
    }
  }
}
