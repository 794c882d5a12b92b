import Costs
import Diagnostics
import Policies
import Programs
import Quantities
import Scenarios
import Workloads

/// What single steps of a scenario cost at sizes that a scheduler chooses: the lowering and the
/// prices are those of single requests.
///
/// Memory is not held against its capacity here; whoever makes up a batch sees to that.
public struct StepPricer: Sendable {
  public let resolved: ResolvedScenario
  /// Links, then tiers, as bytes are counted.
  public let paths: [String]
  /// What prices attention of prompts and decoding sequences together, where that was timed.
  public let mixed: MixedReads?
  private let costs: CostModel
  /// Decode steps that are priced for one size: one on a single stream, more where steps overlap or a
  /// trace says what they touch.
  private let steps: Int

  /// - Throws: `Faults` where the scenario is of training, of a kernel, or yields several tokens a step.
  public init(_ resolved: ResolvedScenario) throws(Faults) {
    let scenario = resolved.scenario
    guard scenario.workload.training == nil, scenario.workload.kernel == nil,
      scenario.method.depth == DepthPolicy(), scenario.method.prompt.contexts == 1,
      scenario.method.prompt.compress == 1
    else {
      throw Faults(
        .conflict(
          key: "workload.requests", found: "a method whose steps yield other than one token",
          mend: "leave out train, depth, prompt.contexts and prompt.compress"),
        at: SourcePosition(file: resolved.file))
    }
    self.resolved = resolved
    paths = resolved.profile.links.map(\.name) + resolved.profile.tiers.map(\.name)
    costs = CostModel(
      profile: resolved.profile, runtime: resolved.runtime,
      book: KernelBook([resolved.profile], donors: resolved.donors))
    // Of the device's own kernels alone: others' need not be read for it.
    mixed = try MixedReads(
      Setting(resolved),
      costs: CostModel(profile: resolved.profile, runtime: resolved.runtime))
    let hasTrace = resolved.pages != nil || resolved.experts != nil || resolved.neurons != nil
    steps = hasTrace ? Self.tracedSteps : 1
  }

  private static let tracedSteps = 32
  private static let overlappingSteps = 8

  /// A step that decodes one token of each of `batch` sequences, which read `context` tokens each, the
  /// new one included.
  /// - Throws: `Faults` of the method, its traces or the machine.
  public func decode(batch: Int, context: Int) throws(Faults) -> StepPrice {
    let first = try decode(batch: batch, context: context, steps: steps)
    // Streams overlap across steps.
    guard steps == 1, first.streams > 1 else { return first }
    return try decode(batch: batch, context: context, steps: Self.overlappingSteps)
  }

  private func decode(batch: Int, context: Int, steps: Int) throws(Faults) -> StepPrice {
    var changed = resolved
    changed.scenario.workload = RequestShape(
      prompt: max(1, context - (steps + 1) / 2), generate: steps, batch: batch)
    let setting = Setting(changed)
    let sizes = try SizeResolver(resolved: changed, setting: setting).resolve()
    let step = DecodeStep.lower(setting)
    return try price(step, of: setting, sizes)
  }

  /// A pass over `tokens` tokens of one prompt that come after `cached` whose KV exists.
  public func prompt(tokens: Int, cached: Int) throws(Faults) -> StepPrice {
    var changed = resolved
    changed.scenario.workload = RequestShape(prompt: cached + tokens, generate: 1, batch: 1)
    changed.scenario.method.prompt.cached = cached > 0 ? .init(tokens: cached) : nil
    changed.scenario.method.prompt.chunk = nil
    let setting = Setting(changed)
    return try price(PrefillStep.lower(setting), of: setting, ResolvedSizes())
  }

  private func price(
    _ step: LoweredStep, of setting: Setting, _ sizes: ResolvedSizes
  ) throws(Faults) -> StepPrice {
    let file = resolved.file
    let isPrompt = step.columns.isEmpty
    let program = Program(
      streams: step.streams, blocks: step.blocks, order: step.order,
      columns: try step.columns.map { name throws(Faults) in
        try sizes.column(name, file: file)
      },
      steps: isPrompt ? 1 : setting.steps)
    return StepPrice(
      try PricedProgram(program, costs: costs), paths: paths,
      cores: Double(resolved.profile.computeUnit(resolved.runtime.unit)?.cores.value ?? 1))
  }
}
