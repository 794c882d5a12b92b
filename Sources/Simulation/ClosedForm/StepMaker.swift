import Diagnostics
import Models
import Policies
import Programs

/// Makes steps ready, with the parts that they have in common.
struct StepMaker {
  private struct FixedKey: Hashable {
    var batch: Int
    var steps: Int
  }

  private struct PromptKey: Hashable {
    var batch: Int
    var transfer: Transfer
  }

  private let costs: PartCosts
  private let lanes: SumLanes
  private let kept: KeptPrices
  private var fixed: [Int: FixedParts?] = [:]
  private var runs: [FixedKey: FixedRuns] = [:]
  private var slots: [RunKey: RunSlot] = [:]
  private var stored: [StorageKey: PromptMemo<StoredTotals>] = [:]
  private var prompts: [PromptKey: PromptMemo<Double?>] = [:]

  /// Tables of each kind are begun anew when they hold more, so that memory stays bounded.
  private static let limit = 1 << 12

  init(_ costs: PartCosts, _ lanes: SumLanes, _ kept: KeptPrices) {
    self.costs = costs
    self.lanes = lanes
    self.kept = kept
  }

  /// Nil where the step is none of the closed form's.
  mutating func step(_ setting: Setting, _ plan: ReadPlan?) -> ReadyStep? {
    guard let parts = fixedParts(setting) else { return nil }
    let runs = fixedRuns(parts, setting)
    let (ofLayer, first) = DecodeStep.classes(setting, plan)
    let classes = first.map { layer in
      let shape = setting.model.shapeOfLayer[layer]
      var list: [ReadyStep.Part] = []
      if !setting.method.overheads.isEmpty {
        list.append(.changing(part(.stated(layer: layer), nil, setting)))
      }
      list.append(.fixed(runs.before[shape]))
      list += reads(of: layer, setting, plan).map { .changing($0) }
      list.append(.fixed(runs.after[shape]))
      return list
    }
    return ReadyStep(
      plan: plan, fixed: parts, host: runs.host, classes: classes, head: runs.head,
      order: [0] + ofLayer.map { $0 + 1 } + [classes.count + 1], stored: storedMemo(setting),
      prompts: promptMemo(setting))
  }

  private mutating func reads(
    of layer: Int, _ setting: Setting, _ plan: ReadPlan?
  ) -> [ReadyPart] {
    let attention = setting.model.layer(layer).attention
    guard attention.kvHeads > 0 else { return [] }
    guard let plan, let place = plan.classOfLayer[layer] else {
      return [part(.unstated(attention, layer: layer), nil, setting)]
    }
    let reads = plan.classes[place]
    return reads.kernels.indices.map {
      part(.kernel($0, ofClass: place), (reads, reads.kernels[$0]), setting, attention)
    } + [part(.merge(ofClass: place), nil, setting, attention)]
  }

  private mutating func part(
    _ part: ChangingPart, _ kernel: (LayerReads, ReadKernel)?, _ setting: Setting,
    _ attention: Attention = .none
  ) -> ReadyPart {
    let decisive: RunKey.Part =
      switch part {
      case .stated(let layer): .stated(layer: layer)
      case .unstated(let attention, _): .unstated(attention)
      case .kernel, .merge:
        kernel.map { .kernel($0.1, $0.0.sight, attention) } ?? .merge(attention)
      }
    let key = RunKey(
      part: decisive, batch: setting.workload.batch, steps: setting.workload.generate,
      cache: setting.method.cache)
    if let slot = slots[key] { return ReadyPart(part, kernel, slot) }
    if slots.count >= Self.limit { slots.removeAll() }
    let slot = RunSlot(kept)
    slots[key] = slot
    return ReadyPart(part, kernel, slot)
  }

  private mutating func fixedParts(_ setting: Setting) -> FixedParts? {
    let batch = setting.workload.batch
    if let known = fixed[batch] { return known }
    if fixed.count >= Self.limit { fixed.removeAll() }
    var parts: FixedParts?
    do throws(Faults) {
      parts = try FixedParts(setting, costs: costs.model, paths: costs.paths)
    } catch {
      // The simulator finds the same fault, with its place.
      parts = nil
    }
    fixed[batch] = .some(parts)
    return parts
  }

  private mutating func fixedRuns(_ parts: FixedParts, _ setting: Setting) -> FixedRuns {
    let key = FixedKey(batch: setting.workload.batch, steps: setting.workload.generate)
    if let known = runs[key] { return known }
    if runs.count >= Self.limit { runs.removeAll() }
    let made = parts.runs(lanes, steps: setting.workload.generate)
    runs[key] = made
    return made
  }

  private mutating func storedMemo(_ setting: Setting) -> PromptMemo<StoredTotals> {
    let key = StorageKey(setting)
    if let known = stored[key] { return known }
    if stored.count >= Self.limit { stored.removeAll() }
    let memo = PromptMemo<StoredTotals>(kept)
    stored[key] = memo
    return memo
  }

  private mutating func promptMemo(_ setting: Setting) -> PromptMemo<Double?> {
    let key = PromptKey(
      batch: setting.workload.batch, transfer: setting.method.cache.transfer)
    if let known = prompts[key] { return known }
    if prompts.count >= Self.limit { prompts.removeAll() }
    let memo = PromptMemo<Double?>(kept)
    prompts[key] = memo
    return memo
  }
}
