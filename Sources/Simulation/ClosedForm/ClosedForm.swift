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
/// is lowered and priced once for each number of sequences, a prompt once for each length; of a
/// scenario itself the reads alone are lowered, and every operation is priced at its mean count
/// rather than at all counts that it meets. Steps on several streams, traces and predictors stay with
/// `Simulator`.
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
  private let costs: CostModel
  private let metrics: [ClosedFormMetric]
  private let needs: (prompt: Bool, busy: Bool, work: Bool)
  private let paths: [String]
  private var sizes: SizeResolver
  private var fixed: [Int: FixedParts?] = [:]
  private var prompts: [Work: Double?] = [:]
  private var operations = StepOperations()
  private var sums: StepSums
  private var order: [Int] = []
  private var counted: [(basis: CountBasis, counts: ColumnCounts)] = []

  /// What decides a prompt, everything else being the same.
  private struct Work: Hashable {
    var batch: Int
    var prompt: Int
  }

  /// What decides the counts of a kernel's reads.
  private struct CountBasis: Equatable {
    var contexts: ClosedRange<Int>
    var sight: LayerReads.Sight
    var kernel: ReadKernel
  }

  /// Kept results, so that memory stays bounded however many lengths there are.
  private static let keptPrompts = 1 << 16
  private static let keptBatches = 1 << 12
  private static let keptCounts = 4

  /// Nil where the closed form does not know a metric, or the method needs the simulator.
  /// - Parameter metrics: names, in the order in which `evaluate` fills them.
  public init?(_ resolved: ResolvedScenario, metrics names: [String]) {
    let profile = resolved.profile
    paths = profile.links.map(\.name) + profile.tiers.map(\.name)
    guard resolved.pages == nil, resolved.experts == nil, resolved.neurons == nil,
      resolved.scenario.method.neurons.selection == .all,
      !resolved.scenario.workload.fillsMemory
    else { return nil }
    var metrics: [ClosedFormMetric] = []
    for name in names {
      guard
        let metric = ClosedFormMetric(name, paths: paths, mainStream: resolved.runtime.unit)
      else { return nil }
      metrics.append(metric)
    }
    self.metrics = metrics
    needs = (
      metrics.contains(where: \.needsPrompt), metrics.contains(where: \.needsBusy),
      metrics.contains(where: \.needsWork)
    )
    self.resolved = resolved
    costs = CostModel(
      profile: profile, runtime: resolved.runtime, book: KernelBook([profile] + resolved.donors))
    sizes = SizeResolver(resolved: resolved, setting: Setting(resolved))
    sums = StepSums(pathCount: paths.count)
  }

  /// Fills the metrics of the scenario with this work, these reads and this cache; those that it does
  /// not have are NaN.
  /// - Precondition: `values` has a place for each metric.
  public func evaluate(
    _ workload: RequestShape, attention: AttentionPolicy, cache: CachePolicy,
    into values: inout [Double]
  ) -> Outcome {
    guard attention.selection == .all, cache.trace == nil, !workload.fillsMemory else {
      return .beyond
    }
    sizes.setting.workload = workload
    sizes.setting.method.attention = attention
    sizes.setting.method.cache = cache
    do throws(Faults) {
      return try evaluate(try sizes.checkLimits(), &values)
    } catch {
      return .refused(error)
    }
  }

  private var setting: Setting { _read { yield sizes.setting } }

  private func evaluate(
    _ plan: ReadPlan?, _ values: inout [Double]
  ) throws(Faults) -> Outcome {
    guard let fixed = fixedParts() else { return .beyond }
    let split = DecodeStep.changingParts(setting, plan)
    guard split.streams.count == 1 else { return .beyond }
    var memory = fixed.weights
    try memory.placeWork(setting, fixed.sizes, split.readPlan, file: resolved.file)
    var prompt: Double?
    do throws(Faults) {
      guard try fill(split, fixed) else { return .beyond }
      if needs.prompt { prompt = try promptTime() }
    } catch {
      // Which fault comes first, the simulator knows.
      return .beyond
    }
    sums.run(operations, order: order, needsBusy: needs.busy, needsWork: needs.work)
    guard sums.step * 1e-12 * Double(setting.workload.generate) < Self.longest else {
      return .beyond
    }
    let report = ClosedFormReport(
      sums: sums, memory: memory, prompt: prompt, profile: resolved.profile,
      workload: setting.workload)
    for place in metrics.indices { values[place] = report.value(metrics[place]) ?? .nan }
    return .found
  }

  /// A day: far below what the clock of playback holds, which the simulator checks.
  private static let longest = 86400.0

  private func fixedParts() -> FixedParts? {
    let batch = setting.workload.batch
    if let known = fixed[batch] { return known }
    if fixed.count >= Self.keptBatches { fixed.removeAll() }
    var parts: FixedParts?
    do throws(Faults) {
      parts = try FixedParts(setting, costs: costs, paths: paths)
    } catch {
      // The simulator finds the same fault, with its place.
      parts = nil
    }
    fixed[batch] = .some(parts)
    return parts
  }

  /// Lays out the operations of the step; false where one is not of the closed form.
  private func fill(_ split: SplitStep, _ fixed: FixedParts) throws(Faults) -> Bool {
    let steps = Double(setting.workload.generate)
    let needsWork = needs.work
    func append(_ parts: [FixedParts.Part]) {
      for part in parts {
        let count = part.count ?? 1
        operations.append(
          part.template, times: part.isIssued ? steps : 0, sum: count * steps, steps: steps,
          withWork: needsWork)
      }
    }
    let counts = columns(split)
    let pricing = PartPricing(costs: costs, stream: split.streams[0], paths: paths)
    func append(_ list: [Operation]) throws(Faults) -> Bool {
      for operation in list {
        var column: ColumnCounts?
        if let place = operation.column {
          guard let known = counts[place] else { return false }
          column = known
        }
        guard let template = try pricing.template(operation, at: column) else { return false }
        let times = column.map { operation.skippedWhenEmpty ? Double($0.issued) : steps }
        operations.append(
          template, times: times ?? steps, sum: column.map { Double($0.sum) } ?? steps,
          steps: steps, withWork: needsWork)
      }
      return true
    }
    operations.removeAll()
    append(fixed.host)
    operations.closeBlock()
    let firsts = firstLayers(split)
    for (layer, first) in zip(split.layers, firsts) {
      let shape = setting.model.shapeOfLayer[first]
      guard try append(layer.stated) else { return false }
      append(fixed.before[shape])
      guard try append(layer.reads) else { return false }
      append(fixed.after[shape])
      operations.closeBlock()
    }
    append(fixed.head)
    operations.closeBlock()
    order.removeAll(keepingCapacity: true)
    order.append(0)
    for place in split.classOfLayer { order.append(place + 1) }
    order.append(split.layers.count + 1)
    return true
  }

  /// The first layer of each class.
  private func firstLayers(_ split: SplitStep) -> [Int] {
    var firsts: [Int] = []
    for (layer, place) in split.classOfLayer.enumerated() where place == firsts.count {
      firsts.append(layer)
    }
    return firsts
  }

  /// What the columns of the changing parts add up to; nil for one that only traces fill.
  private func columns(_ split: SplitStep) -> [ColumnCounts?] {
    split.columns.map { name in
      if name == "context" { return ColumnCounts(contextOf: setting) }
      for (place, reads) in (split.readPlan?.classes ?? []).enumerated() {
        for kernel in reads.kernels where ReadPlan.column(kernel, of: place) == name {
          return counts(kernel, of: reads)
        }
      }
      return nil
    }
  }

  /// The counts of a kernel's reads, which scenarios in a row often have in common.
  private func counts(_ kernel: ReadKernel, of reads: LayerReads) -> ColumnCounts {
    let basis = CountBasis(
      contexts: ReadPlan.contexts(setting), sight: reads.sight, kernel: kernel)
    if let known = counted.first(where: { $0.basis == basis }) { return known.counts }
    let counts = ColumnCounts(kernel, of: reads, setting)
    if counted.count >= Self.keptCounts { counted.removeFirst() }
    counted.append((basis, counts))
    return counts
  }

  /// Seconds to the first token; nil without a prompt.
  private func promptTime() throws(Faults) -> Double? {
    let work = Work(batch: setting.workload.batch, prompt: setting.workload.prompt)
    if let known = prompts[work] { return known }
    if prompts.count >= Self.keptPrompts { prompts.removeAll() }
    let time = try PrefillEstimate(setting, costs: costs).times(isPlayed: false)?.total.value
    prompts[work] = .some(time)
    return time
  }
}
