import Exploration
import ScenarioFiles
import Scenarios
import TestSupport

/// Points of Quest as vLLM would serve it, each worked out once for all problems over them.
final class QuestSpace {
  let axes: [Axis]
  private let evaluator: PointEvaluator
  private var known: [[Int]: PlanSearch.Outcome] = [:]

  /// Problems share what points give: every one of them asks for all.
  private static let metrics = [
    "tpot", "ttft", "throughput", "request.time", "energy_per_token", "cost_per_million_tokens",
    "memory.hbm.peak", "kv.bytes",
  ]

  init(_ keys: [String]) throws {
    axes = try keys.map { try Axis(parsing: $0) }
    evaluator = PointEvaluator(
      try SweptScenarios(
        try ScenarioFile(
          contentsOf: Checkout.path("scenarios/systems/quest.yaml"),
          settings: ["workload.generate=16", "runtime=vllm"]), variant: "sparse", axes: axes,
        resolver: ScenarioResolver(
          profiles: Checkout.path("hardware-profiles"),
          models: Checkout.path("scenarios/models"))),
      metrics: Self.metrics, engine: .analytic)
  }

  func search(
    _ require: [String], _ objective: String, isLargerBetter: Bool
  ) throws -> PlanSearch {
    PlanSearch(
      axes, requirements: try require.map { try Requirement(parsing: $0) },
      objective: try PlannedMetric(objective, option: "--minimize"),
      isLargerBetter: isLargerBetter, metrics: Self.metrics, play: play)
  }

  private func play(_ point: [Int]) -> PlanSearch.Outcome {
    if let outcome = known[point] { return outcome }
    var values = [Double](repeating: .nan, count: Self.metrics.count)
    let fault = evaluator.evaluate(point, into: &values)
    let outcome: PlanSearch.Outcome =
      fault.map { .refused(isForRoom: $0.hasPrefix("memory.")) } ?? .played(values)
    known[point] = outcome
    return outcome
  }
}
