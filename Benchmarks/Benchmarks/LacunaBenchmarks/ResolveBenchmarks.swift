import Policies
import Scenarios
import Simulation
import Traces

/// The walks that turn traces into counts: touches of LRU caches, and of a window for neurons.
func resolveBenchmarks() {
  rateBenchmark("resolve pages", unit: "touches") {
    try trace("trace-driven/kv.yaml", "keep-32-cache-64", \.pages)
  } work: { trace, method in
    let walk = PageResolve(
      trace, policy: method.cache, picks: 32, capacity: 64, steps: 160..<trace.steps)
    try expect(walk.statistics.missesFromStart > 0, "no page missed")
    try expect(walk.statistics.touchesFromStart > trace.steps * trace.layers * 32, "few pages")
    return walk.statistics.touchesFromStart
  }
  rateBenchmark("resolve experts", unit: "touches") {
    try trace("trace-driven/moe.yaml", "cache-8", \.experts)
  } work: { trace, method in
    let walk = ExpertResolve(
      trace, policy: method.experts, expertBytes: Array(repeating: 1, count: trace.layers),
      steps: 400..<trace.steps, topK: trace.topK)
    try expect(walk.statistics.missesFromStart > 0, "no expert missed")
    try expect(
      walk.statistics.touchesFromStart == trace.steps * trace.layers * trace.topK, "few experts")
    return walk.statistics.touchesFromStart
  }
  neurons("resolve neurons", overPrediction: 1)
  neurons("resolve neurons with predictor errors", overPrediction: 3)
}

private func neurons(_ name: String, overPrediction: Double) {
  rateBenchmark(name, unit: "touches") {
    try trace("trace-driven/flash.yaml", "window-5", \.neurons)
  } work: { trace, method in
    let walk = NeuronResolve(
      trace, overPrediction: overPrediction, window: method.neurons.window,
      steps: 16..<trace.tokens, seed: 1)
    try expect(walk.statistics.misses > 0, "no neuron read")
    try expect(walk.density > 0 && walk.density < 1, "no neuron fires")
    return walk.statistics.touches
  }
}

/// The trace that a scenario plays, and the scenario's method.
private func trace<View>(
  _ file: String, _ variant: String, _ view: KeyPath<ResolvedScenario, View?>
) throws -> (View, MethodChoice) {
  let resolved = try Examples.resolved(file, variant: variant)
  guard let trace = resolved[keyPath: view] else {
    throw UnexpectedWork(what: "\(file) has no such trace")
  }
  return (trace, resolved.scenario.method)
}
