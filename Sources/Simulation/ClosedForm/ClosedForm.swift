import Costs
import Diagnostics
import Policies
import Programs
import Quantities
import Scenarios
import Workloads

/// The analytic engine for many scenarios that share machine, runtime, model and precisions, and
/// differ in their work and in what attention reads and the cache keeps.
///
/// Metrics are those of `Simulator.run(.analytic)` to the last bit. What does not follow the context
/// is lowered and priced once for each number of sequences, a prompt once for each length, and a
/// kernel of the reads once for each context that changes what it does, at its mean count rather than
/// at all counts that it meets. A scenario puts these together and adds up. Steps on several streams,
/// traces and predictors stay with `Simulator`.
///
/// One evaluator belongs to one thread.
public final class ClosedForm {
  /// What came of a scenario.
  public enum Outcome {
    /// The metrics were filled in.
    case found
    /// It cannot be played on its machine, for the reason that `Simulator` gives.
    case refused(Faults)
    /// It is none of the closed form's: ask `Simulator`.
    case beyond
  }

  private let resolved: ResolvedScenario
  private let costs: PartCosts
  private let metrics: [ClosedFormMetric]
  private let needsPrompt: Bool
  private let isOfMemory: [Bool]
  private let rates: MachineRates
  private var sizes: SizeResolver
  private var maker: StepMaker
  private let sums: StepSums
  private var counts: [Double] = []
  /// Positions of the context that the last prompt takes.
  private var positions = (prompt: -1, count: 0)

  /// Nil where the closed form does not know a metric, or the method needs the simulator.
  /// - Parameters:
  ///   - metrics: names, in the order in which `evaluate` fills them.
  ///   - kept: what bounds the prices that several closed forms keep.
  public init?(
    _ resolved: ResolvedScenario, metrics names: [String], kept: KeptPrices = KeptPrices()
  ) {
    let profile = resolved.profile
    let paths = profile.links.map(\.name) + profile.tiers.map(\.name)
    guard resolved.pages == nil, resolved.experts == nil, resolved.neurons == nil,
      resolved.scenario.method.neurons.selection == .all,
      !resolved.scenario.workload.fillsMemory, Self.takesOnePass(resolved),
      paths.count <= UInt64.bitWidth
    else { return nil }
    var metrics: [ClosedFormMetric] = []
    for name in names {
      guard
        let metric = ClosedFormMetric(name, paths: paths, mainStream: resolved.runtime.unit)
      else { return nil }
      metrics.append(metric)
    }
    self.metrics = metrics
    needsPrompt = metrics.contains(where: \.needsPrompt)
    isOfMemory = metrics.map(\.isOfMemory)
    rates = MachineRates(profile)
    self.resolved = resolved
    let lanes = SumLanes(metrics, profile)
    let model = CostModel(
      profile: profile, runtime: resolved.runtime,
      book: KernelBook([profile], donors: resolved.donors))
    costs = PartCosts(model: model, paths: paths, lanes: lanes)
    maker = StepMaker(costs, lanes, kept)
    sizes = SizeResolver(resolved: resolved, setting: Setting(resolved))
    sums = StepSums(lanes)
  }

  /// Whether a step is one pass of the whole model by the runtime's unit, its reads of KV aside as
  /// its layers state them.
  private static func takesOnePass(_ resolved: ResolvedScenario) -> Bool {
    let method = resolved.scenario.method
    return method.depth == DepthPolicy() && method.lookups.isEmpty && method.partition == nil
      && method.spread.isOne
      && method.weights.hostLayers == nil && !resolved.model.isConvolutional
  }

  /// Makes some work ready for prompts of any length.
  public func ready(
    _ workload: RequestShape, attention: AttentionPolicy, cache: CachePolicy
  ) -> ReadyWork {
    sizes.setting.workload = workload
    sizes.setting.method.attention = attention
    sizes.setting.method.cache = cache
    let setting = sizes.setting
    guard attention.selection == .all, cache.trace == nil, !workload.fillsMemory,
      workload.training == nil, workload.kernel == nil
    else {
      return ReadyWork(setting, refusal: nil, step: nil)
    }
    do throws(Faults) {
      let plan = try sizes.checkLimits()
      return ReadyWork(setting, refusal: nil, step: maker.step(setting, plan))
    } catch {
      return ReadyWork(setting, refusal: error, step: nil)
    }
  }

  /// Fills the metrics of the scenario with this work, these reads and this cache; those that it does
  /// not have are NaN.
  /// - Precondition: `values` has a place for each metric.
  public func evaluate(
    _ workload: RequestShape, attention: AttentionPolicy, cache: CachePolicy,
    into values: inout [Double]
  ) -> Outcome {
    evaluate(
      ready(workload, attention: attention, cache: cache), prompt: workload.prompt, into: &values)
  }

  /// The same for work that was made ready, with a prompt of so many tokens.
  public func evaluate(
    _ work: ReadyWork, prompt: Int, into values: inout [Double]
  ) -> Outcome {
    var step = work.step
    if work.checksFollowPrompt {
      // What was refused at one length may hold at another.
      sizes.setting = work.setting(at: prompt)
      do throws(Faults) {
        let plan = try sizes.checkLimits()
        if work.refusal != nil { step = maker.step(sizes.setting, plan) }
      } catch {
        return .refused(error)
      }
    } else if let refusal = work.refusal {
      return .refused(refusal)
    }
    guard let step else { return .beyond }
    let stored = stored(work, step, prompt)
    if let refusal = stored.refusal { return .refused(refusal) }
    var time: Double?
    do throws(Faults) {
      guard try fill(work, step, prompt) else { return .beyond }
      if needsPrompt { time = try promptTime(work, step, prompt) }
    } catch {
      // Which fault comes first, the simulator knows.
      return .beyond
    }
    sums.run(step.order)
    guard sums.step * 1e-12 * Double(work.steps) < Self.longest else { return .beyond }
    let report = ClosedFormReport(
      sums: sums, prompt: time, rates: rates, batch: work.batch, generated: work.steps)
    for place in metrics.indices {
      values[place] =
        isOfMemory[place] ? stored.values[place] : report.value(metrics[place]) ?? .nan
    }
    return .found
  }

  /// A day: far below what the clock of playback holds, which the simulator checks.
  private static let longest = 86400.0

  private func stored(_ work: ReadyWork, _ step: ReadyStep, _ prompt: Int) -> StoredTotals {
    if let known = step.stored.value(at: prompt) { return known }
    let totals = StoredTotals(
      work.setting(at: prompt), step.fixed, step.plan, metrics, file: resolved.file)
    step.stored.keep(totals, at: prompt)
    return totals
  }

  /// Lays out the operations of the step; false where one is not of the closed form.
  private func fill(
    _ work: ReadyWork, _ step: ReadyStep, _ prompt: Int
  ) throws(Faults) -> Bool {
    if positions.prompt != prompt {
      positions = (prompt, work.setting(at: prompt).promptPositions)
    }
    sums.removeAll()
    sums.append(step.host)
    sums.closeBlock()
    for parts in step.classes {
      for part in parts {
        switch part {
        case .fixed(let run): sums.append(run)
        case .changing(let part):
          guard let run = try run(part, work, step, prompt) else { return false }
          sums.append(run)
        }
      }
      sums.closeBlock()
    }
    sums.append(step.head)
    sums.closeBlock()
    return true
  }

  /// A part at the context of a prompt; nil where it is not of the closed form.
  private func run(
    _ part: ReadyPart, _ work: ReadyWork, _ step: ReadyStep, _ prompt: Int
  ) throws(Faults) -> PricedRun? {
    let contexts = positions.count + 1...positions.count + work.steps
    if let kernel = part.kernel, kernel.reads.settle(kernel.kernel, contexts, into: &counts) {
      if let known = part.slot.settled, known.counts == counts { return known.run }
      let run = try costs.run(part, work.setting(at: prompt), step.plan)
      part.slot.settled = run.map { (counts, $0) }
      return run
    }
    if let known = part.slot.byPrompt.value(at: prompt) { return known }
    let run = try costs.run(part, work.setting(at: prompt), step.plan)
    part.slot.byPrompt.keep(run, at: prompt)
    return run
  }

  /// Seconds to the first token; nil without a prompt.
  private func promptTime(
    _ work: ReadyWork, _ step: ReadyStep, _ prompt: Int
  ) throws(Faults) -> Double? {
    if let known = step.prompts.value(at: prompt) { return known }
    let estimate = try PrefillEstimate(work.setting(at: prompt), costs: costs.model)
    let time = estimate.times(isPlayed: false)?.total.value
    step.prompts.keep(time, at: prompt)
    return time
  }
}
