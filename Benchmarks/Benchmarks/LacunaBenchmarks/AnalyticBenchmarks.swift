import Costs
import Diagnostics
import Policies
import Programs
import ScenarioFiles
import Simulation
import Workloads

/// One decode step of a 32-layer model, Llama-3-8B on one device, in closed form: the whole way
/// from the model's shape, and its parts.
func analyticBenchmarks() {
  timeBenchmark("analytic step") {
    try DecodeInput()
  } work: { input in
    try isPriced(AnalyticEngine(PricedProgram(input.program(), costs: input.costs)).run())
  }
  timeBenchmark("analytic step, lowering alone") {
    try DecodeInput()
  } work: { input in
    input.program().operationsPerStep >= 32 * 7
  }
  timeBenchmark("analytic step, pricing alone") {
    let input = try DecodeInput()
    return (program: input.program(), costs: input.costs)
  } work: { program, costs in
    try PricedProgram(program, costs: costs).program.operationsPerStep >= 32 * 7
  }
  timeBenchmark("analytic step, chain alone") {
    let input = try DecodeInput()
    return AnalyticEngine(try PricedProgram(input.program(), costs: input.costs))
  } work: { engine in
    isPriced(engine.run())
  }
}

/// Llama-3-8B in bf16 reads 16 GB for a token, which takes an A100 about 8 ms.
private func isPriced(_ result: AnalyticEngine.Result) -> Bool {
  result.total.value > 0.007 && result.total.value < 0.02
}

/// The decode step at a constant context.
struct DecodeInput {
  let setting: Setting
  let costs: CostModel

  init() throws {
    let profiles = try Assets.folder("hardware-profiles")
    let profile = try ProfileLibrary(folder: profiles).profile("nvidia-a100-sxm-80gb")
    let place = SourcePosition(file: "benchmark")
    let runtime = try RuntimeFile.runtime("cuda-graph", folder: "\(profiles)/runtimes", at: place)
    let model = try ModelLibrary(folder: try Assets.folder("scenarios/models")).model(
      "meta-llama/Meta-Llama-3-8B", at: place)
    try expect(model.layerCount == 32, "the model has \(model.layerCount) layers")
    costs = CostModel(profile: profile, runtime: runtime)
    setting = Setting(
      profile: profile, runtime: runtime, model: model, weights: .bf16, kv: .bf16,
      activations: .bf16, workload: RequestShape(prompt: 4095, generate: 1, batch: 1),
      method: MethodChoice())
  }

  func program() -> Program {
    let step = DecodeStep.lower(setting)
    let context = Int32((setting.longestContext + setting.contextUnit - 1) / setting.contextUnit)
    let layers = setting.model.layerCount
    return Program(
      streams: step.streams, blocks: step.blocks, order: step.order,
      columns: step.columns.map {
        CountColumn(name: $0, layers: layers, steps: 1, constant: context)
      }, steps: 1)
  }
}
