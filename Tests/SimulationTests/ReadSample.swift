import Diagnostics
import Hardware
import Models
import Policies
import Quantities
import Scenarios
import Simulation
import Workloads

/// One model on one machine, so that bytes can be counted by hand: a terabyte of HBM, DDR behind a
/// link of 25 GB/s.
struct ReadSample {
  var layers = 2
  var attention = GroupedAttention(queryHeads: 32, kvHeads: 32, keyDimension: 128)
  /// Tokens in the context of the last step.
  var context = 4096
  var steps = 1
  var batch = 1
  var kv = Precision.fp16
  var capacity = 1e12
  var reads: [AttentionRead] = []
  var cache = CachePolicy()
  var runtime = RandomProgram.costs.runtime
  var fillsMemory = false
  /// 1 for a last cache of 10 TB/s before HBM.
  var caches = 0

  var resolved: ResolvedScenario {
    var method = MethodChoice()
    method.attention.reads = reads
    method.cache = cache
    let layer = Layer(
      attention: .grouped(attention),
      feedForward: .dense(DenseFeedForward(intermediate: 256, gated: true, activation: .silu)))
    let model = Model(
      name: "sample", hidden: 256, vocabulary: 100, tiedEmbeddings: true,
      layers: Array(repeating: layer, count: layers))
    var profile = RandomProgram.costs.profile
    profile.tiers[0].capacity = RandomProgram.figure(Bytes(capacity))
    profile.tiers[1].capacity = RandomProgram.figure(Bytes(1e13))
    if caches > 0 {
      profile.tiers.append(
        Tier(
          name: "l2", kind: .cache, capacity: RandomProgram.figure(Bytes(4e7)),
          bandwidth: RandomProgram.figure(BytesPerSecond(1e13))))
    }
    var workload = RequestShape(prompt: context - steps, generate: steps, batch: batch)
    workload.fillsMemory = fillsMemory
    return ResolvedScenario(
      scenario: Scenario(
        name: "sample", variant: "default", hardware: profile.name,
        runtime: runtime.name, model: .inline,
        precision: PrecisionChoice(weights: .fp16, kv: kv, activations: .fp16),
        workload: workload,
        method: method, seed: 1),
      profile: profile, runtime: runtime, model: model, pages: nil,
      experts: nil, neurons: nil, places: KeyPlaces(file: "sample"))
  }

  func metrics(_ engines: Simulator.Engines = .analytic) throws -> [String: Double] {
    let report = try Simulator(resolved).run(engines).report
    return Dictionary(report.metrics.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// Bytes of a token's keys and values in all layers.
  var bytesOfToken: Double {
    Double(layers * attention.kvHeads * (attention.keyDimension + attention.valueDimension))
      * kv.bits / 8
  }
}
