import Diagnostics
import Exploration
import ScenarioFiles

/// Points of a sweep over machines, batches, contexts and budgets of Quest, a 32-layer model that reads
/// selected pages of KV: one thread, without writing.
func sweepBenchmarks() {
  rateBenchmark("sweep, closed form", unit: "points") {
    try SweepInput()
  } work: { input in
    try input.evaluate(points: 20_000)
  }
}

/// A sweep that begins anew in each round, with all that it looks up.
private struct SweepInput {
  let file: ScenarioFile
  let design: Design
  let resolver: ScenarioResolver

  init() throws {
    let folder = try Assets.folder("scenarios/models")
    file = try ScenarioFile(contentsOf: folder + "/../systems/quest.yaml")
    resolver = ScenarioResolver(
      profiles: try Assets.folder("hardware-profiles"), models: folder)
    let axes = [
      "hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb,nvidia-h100-sxm,nvidia-h200-sxm",
      "workload.batch=1..4:1", "workload.prompt=1024..16384:1024",
      "attention.reads.attend.tokens.keep=64 tokens..8192 tokens:64 tokens",
    ]
    design = try Design(axes: try axes.map { text throws(Faults) in try Axis(parsing: text) })
  }

  func evaluate(points: Int) throws -> Int {
    let scenarios = try SweptScenarios(
      file, variant: "sparse", axes: design.axes, resolver: resolver)
    let evaluator = PointEvaluator(
      scenarios, metrics: ["ttft", "tpot", "throughput", "energy_per_token", "memory.vram.peak"],
      engine: .analytic)
    var cursor = DesignCursor(design)
    var point = [Int](repeating: 0, count: design.axes.count)
    var values = [Double](repeating: 0, count: 5)
    var played = 0
    // Points far apart, so that every machine and batch has its share.
    for step in 0..<points {
      try cursor.point(step * 7919 % design.count, into: &point)
      if evaluator.evaluate(point, into: &values) == nil { played += 1 }
    }
    try expect(played * 2 > points, "\(played) of \(points) points fit their machines")
    return points
  }
}
