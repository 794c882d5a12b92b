import Diagnostics
import Hardware
import Models
import Policies
import Programs
import Quantities
import Scenarios
import Simulation
import Workloads

/// A small dense model on the random tests' machine, with several passes, exits and tables: 2 TB/s of
/// HBM, DDR behind 25 GB/s, 2 us a launch and 20 us of host a step.
struct DepthSample {
  var layers = 4
  var hidden = 256
  var ffn = 1024
  var vocabulary = 1000
  var prompt = 100
  var generate = 40
  var batch = 1
  var depth = DepthPolicy()
  var lookups: [LookupTable] = []
  var experts: ExpertsPolicy?
  var draft: Model?
  var neurons = NeuronsPolicy()

  static func model(
    layers: Int, hidden: Int, ffn: Int, vocabulary: Int, mixture: Bool = false
  ) -> Model {
    let block = DenseFeedForward(intermediate: ffn, gated: false, activation: .relu)
    return Model(
      name: "sample", hidden: hidden, vocabulary: vocabulary, tiedEmbeddings: true,
      layers: Array(
        repeating: Layer(
          attention: .grouped(GroupedAttention(queryHeads: 4, kvHeads: 2, keyDimension: 64)),
          feedForward: mixture
            ? .experts(ExpertFeedForward(count: 16, topK: 2, expert: block)) : .dense(block)),
        count: layers))
  }

  var resolved: ResolvedScenario {
    var method = MethodChoice()
    method.depth = depth
    method.lookups = lookups
    method.neurons = neurons
    if let experts { method.experts = experts }
    let (profile, runtime) = (RandomProgram.costs.profile, RandomProgram.costs.runtime)
    return ResolvedScenario(
      scenario: Scenario(
        name: "sample", variant: "default", hardware: profile.name, runtime: runtime.name,
        model: .inline,
        precision: PrecisionChoice(weights: .fp16, kv: .fp16, activations: .fp16),
        workload: RequestShape(prompt: prompt, generate: generate, batch: batch), method: method,
        seed: 1),
      profile: profile, runtime: runtime,
      model: Self.model(
        layers: layers, hidden: hidden, ffn: ffn, vocabulary: vocabulary,
        mixture: experts != nil),
      draft: draft, pages: nil, experts: nil, neurons: nil, places: KeyPlaces(file: "sample"))
  }

  func simulator() throws -> Simulator { try Simulator(resolved) }

  func metrics(_ engines: Simulator.Engines = .analytic) throws -> [String: Double] {
    let report = try simulator().run(engines).report
    return Dictionary(report.metrics.map { ($0.name, $0.value) }) { first, _ in first }
  }

  func operation(_ name: String) throws -> Programs.Operation? {
    try simulator().preparation.program.blocks.flatMap(\.operations).first { $0.name == name }
  }
}

/// Whether a number is another but for a relative error.
func isNear(_ found: Double, _ wanted: Double, within: Double = 1e-9) -> Bool {
  abs(found - wanted) <= within * abs(wanted)
}
