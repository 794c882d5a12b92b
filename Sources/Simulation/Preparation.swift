import Costs
import Diagnostics
import Models
import Policies
import Programs
import Quantities
import Scenarios

/// A scenario made ready for the engines: lowered, its columns filled, its memory placed.
public struct Preparation: Sendable {
  public let resolved: ResolvedScenario
  public let setting: Setting
  public let program: Program
  public let memory: MemoryPlan
  public let sizes: ResolvedSizes
  /// What runs in place of a model.
  let kernel: KernelPlan?

  /// Lowers the decode step and walks the traces.
  /// - Parameter walks: what other scenarios of the same traces have walked.
  /// - Throws: `Faults` when the method needs a trace that is not given, or memory does not suffice.
  public init(_ resolved: ResolvedScenario, walks: WalkMemo? = nil) throws(Faults) {
    var resolved = resolved
    guard resolved.scenario.workload.requests == nil else {
      throw Faults(
        .conflict(
          key: "workload.requests", found: "a stream of requests",
          mend: "play it with lacuna simulate, or give prompt and generate"),
        at: SourcePosition(file: resolved.file))
    }
    if resolved.scenario.workload.fillsMemory {
      resolved.scenario.workload.batch = try BatchSearch(resolved).largest()
    }
    let setting = Setting(resolved)
    let sizes = try SizeResolver(resolved: resolved, setting: setting, walks: walks).resolve()
    let kernel = try KernelPlan(setting, seed: resolved.scenario.seed, file: resolved.file)
    let isTraining = setting.workload.training != nil
    if isTraining { try TrainingCheck(setting: setting, file: resolved.file).run() }
    let step =
      kernel?.step ?? (isTraining ? TrainingStep.lower(setting) : DecodeStep.lower(setting))
    self.kernel = kernel
    self.resolved = resolved
    self.setting = setting
    self.sizes = sizes
    program = Program(
      streams: step.streams, blocks: step.blocks, order: step.order,
      columns: try step.columns.map { name throws(Faults) in
        try sizes.column(name, file: resolved.file)
      },
      steps: setting.steps)
    var memory = try MemoryPlan(setting: setting, sizes: sizes, file: resolved.file)
    if let stored = kernel?.stored { memory.add(stored.tier, "matrices", stored.bytes) }
    self.memory = memory
  }

  /// The step of the trace that is played first.
  public var firstStep: Int {
    let method = resolved.scenario.method
    return method.cache.trace?.firstStep ?? method.experts.trace?.firstStep
      ?? method.neurons.trace?.firstStep ?? 0
  }

  /// The layers of the model whose feed-forward block is a mixture.
  static func mixtureLayers(_ model: Model) -> [Int] {
    (0..<model.layerCount).filter {
      if case .experts = model.layer($0).feedForward { return true }
      return false
    }
  }

  static func denseLayers(_ model: Model) -> [Int] {
    (0..<model.layerCount).filter {
      if case .dense = model.layer($0).feedForward { return true }
      return false
    }
  }

  static func attentionLayers(_ model: Model) -> [Int] {
    (0..<model.layerCount).filter { model.layer($0).attention.kvHeads > 0 }
  }
}

extension Setting {
  /// The setting of a scenario, with the bytes that its traces recorded.
  init(_ resolved: ResolvedScenario) {
    let scenario = resolved.scenario
    self.init(
      profile: resolved.profile, runtime: resolved.runtime, model: resolved.model,
      weights: scenario.precision.weights, kv: scenario.precision.kv,
      activations: scenario.precision.activations, workload: scenario.workload,
      method: scenario.method, draft: resolved.draft)
    takeRecordedBytes(resolved)
  }

  /// Takes the bytes of experts and dense parts from a routing trace that recorded them.
  private mutating func takeRecordedBytes(_ resolved: ResolvedScenario) {
    guard let trace = resolved.experts, let recorded = trace.expertBytes else { return }
    let layers = Preparation.mixtureLayers(model)
    var bytes = [Double](repeating: 0, count: model.layerCount)
    for (row, layer) in layers.enumerated() { bytes[layer] = Double(recorded[row]) }
    expertBytes = bytes
    guard let dense = trace.denseBytes else { return }
    var all = [Double](repeating: 0, count: model.layerCount)
    for (row, layer) in layers.enumerated() { all[layer] = Double(dense[row]) }
    denseBytes = all
  }
}
