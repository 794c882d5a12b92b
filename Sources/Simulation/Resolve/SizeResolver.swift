import Diagnostics
import Models
import Policies
import Programs
import Quantities
import Scenarios
import Traces

/// The columns of a program by name, and what the walks through the traces counted.
public struct ResolvedSizes: Sendable {
  public var columns: [String: CountColumn] = [:]
  public var experts: CacheStatistics?
  public var pages: CacheStatistics?
  public var neurons: CacheStatistics?
  public var expertCoverage: Double?
  public var attentionCoverage: Double?
  /// Neurons held at most over all layers.
  public var neuronsHeld = 0

  func column(_ name: String, file: String) throws(Faults) -> CountColumn {
    if let column = columns[name] { return column }
    let site = name.split(separator: ".").first.map(String.init) ?? name
    let key = site == "pages" ? "cache.trace" : "\(site).trace"
    throw Faults(
      .missingKey(key, expected: "a trace, which decides '\(name)' at every step"),
      at: SourcePosition(file: file))
  }
}

/// Walks the traces of a scenario and fills the columns that its program needs.
struct SizeResolver {
  let resolved: ResolvedScenario
  var setting: Setting
  /// Walks that scenarios have in common; nil walks for this one alone.
  var walks: WalkMemo?

  func resolve() throws(Faults) -> ResolvedSizes {
    let plan = try checkLimits()
    var sizes = ResolvedSizes()
    fillContext(&sizes)
    fillReads(plan, &sizes)
    if let trace = resolved.pages { fillPages(&sizes, trace) } else { fillConstantPages(&sizes) }
    if let trace = resolved.experts {
      fillExperts(&sizes, trace)
    } else {
      fillConstantExperts(&sizes)
    }
    if let trace = resolved.neurons, setting.method.neurons.selection.isByTrace {
      fillNeurons(&sizes, trace)
    }
    fillPartialLayer(&sizes)
    return sizes
  }

  /// A column holds a count for every step and layer.
  static let cellLimit = 64_000_000

  /// - Returns: what the method reads of KV, where it states it.
  /// - Throws: `Faults` where the method does not fit the machine, the model or the work.
  func checkLimits() throws(Faults) -> ReadPlan? {
    let place = SourcePosition(file: resolved.file)
    let (cells, overflow) = steps.multipliedReportingOverflow(by: max(1, model.layerCount))
    guard !overflow, cells <= Self.cellLimit else {
      throw Faults(
        .outOfRange(
          key: "workload.generate", found: "\(steps)",
          allowed: "at most \(Self.cellLimit / max(1, model.layerCount)) steps of "
            + "\(model.layerCount) layers"), at: place)
    }
    try TierCheck(setting: setting, file: resolved.file).run()
    try PromptCheck(setting: setting, file: resolved.file).run()
    try DepthCheck(setting: setting, resolved: resolved).run()
    try WeightsCheck(setting: setting, file: resolved.file).run()
    let plan = try checkedReads()
    if let residency = setting.method.cache.resident,
      case .pages(_, let page) = setting.method.attention.selection
    {
      try holdsOne(residency, setting.bytesOfPage(tokens: page), "cache", "page")
    }
    if let residency = setting.method.experts.resident {
      let largest = Preparation.mixtureLayers(model).map { setting.bytesOfExpert(layer: $0) }.max()
      try holdsOne(residency, largest ?? 0, "experts", "expert")
    }
    return plan
  }

  private func holdsOne(
    _ residency: Residency, _ bytes: Double, _ site: String, _ entry: String
  ) throws(Faults) {
    guard case .bytes(let budget) = residency.budget, budget.value < bytes else { return }
    throw Faults(
      .conflict(
        key: "\(site).resident.budget", found: "\(budget)",
        mend: "one \(entry) is \(Bytes(bytes)); give room for one or more"),
      at: SourcePosition(file: resolved.file))
  }

  private var model: Model { setting.model }
  private var steps: Int { setting.steps }

  /// Context length at each step, in units of `contextUnit` tokens, rounded up.
  private func fillContext(_ sizes: inout ResolvedSizes) {
    let unit = setting.contextUnit
    var counts: [Int32] = []
    counts.reserveCapacity(steps * model.layerCount)
    for step in 0..<steps {
      let count = Int32((setting.context(step: step) + unit - 1) / unit)
      for _ in 0..<model.layerCount { counts.append(count) }
    }
    sizes.columns["context"] = CountColumn(
      name: "context", layers: model.layerCount, counts: counts)
  }

  private func window(_ first: Int) -> Range<Int> { first..<first + steps }

  private func fillPages(_ sizes: inout ResolvedSizes, _ trace: PageTrace) {
    guard case .pages(let keep, let page) = setting.method.attention.selection else { return }
    let policy = setting.method.cache
    let picks = PagePicks(
      most: (keep + page - 1) / page, mass: setting.method.attention.mass)
    let steps = window(policy.trace?.firstStep ?? 0)
    let capacity = pageCapacity(trace, page: page)
    let walk =
      walks?.pages(trace, policy: policy, picks: picks, capacity: capacity, steps: steps)
      ?? PageResolve(trace, policy: policy, picks: picks, capacity: capacity, steps: steps)
    let layers = Preparation.attentionLayers(model)
    sizes.add(walk.selected, at: layers, of: model.layerCount)
    sizes.add(walk.missed, at: layers, of: model.layerCount)
    sizes.add(walk.prefetched, at: layers, of: model.layerCount)
    sizes.add(
      walk.selected.minus(walk.missed, named: "pages.resident"), at: layers, of: model.layerCount)
    sizes.pages = walk.statistics
    sizes.attentionCoverage = walk.coverage
  }

  /// Pages that one cache holds under the budget.
  private func pageCapacity(_ trace: PageTrace, page: Int) -> Int64 {
    guard let residency = setting.method.cache.resident else { return 0 }
    switch residency.budget {
    case .entries(let entries): return Int64(entries)
    case .bytes(let bytes):
      let caches: Int =
        switch residency.scope {
        case .perHead: trace.layers * trace.kvHeads
        case .perLayer: trace.layers
        case .global: 1
        }
      return Int64(bytes.value / Double(caches) / setting.bytesOfPage(tokens: page))
    }
  }

  /// Without a trace every head reads as many pages as it may keep, and none is known to be missing.
  private func fillConstantPages(_ sizes: inout ResolvedSizes) {
    guard case .pages(let keep, let page) = setting.method.attention.selection else { return }
    var counts: [Int32] = []
    for step in 0..<steps {
      let pages = (setting.context(step: step) - 1 + page) / page
      for layer in 0..<model.layerCount {
        let heads = model.layer(layer).attention.kvHeads
        // Clamped: such a count is beyond what is priced, and refused there.
        counts.append(Int32(clamping: heads * min(pages, (keep + page - 1) / page)))
      }
    }
    sizes.columns["pages.selected"] = CountColumn(
      name: "pages.selected", layers: model.layerCount, counts: counts)
  }

  private func fillExperts(_ sizes: inout ResolvedSizes, _ trace: ExpertTrace) {
    let policy = setting.method.experts
    let layers = Preparation.mixtureLayers(model)
    let bytes = layers.map { setting.bytesOfExpert(layer: $0) }
    let (steps, topK) = (window(policy.trace?.firstStep ?? 0), policy.topK ?? trace.topK)
    let walk =
      walks?.experts(trace, policy: policy, expertBytes: bytes, steps: steps, topK: topK)
      ?? ExpertResolve(trace, policy: policy, expertBytes: bytes, steps: steps, topK: topK)
    for column in [walk.active, walk.missed, walk.prefetched, walk.assignments] {
      sizes.add(column, at: layers, of: model.layerCount)
    }
    sizes.add(
      walk.active.minus(walk.missed, named: "experts.hit"), at: layers, of: model.layerCount)
    sizes.add(
      walk.missed.plus(walk.prefetched, named: "experts.inserted"), at: layers,
      of: model.layerCount)
    sizes.experts = walk.statistics
    sizes.expertCoverage = walk.coverage
  }

  /// Without a trace each sequence draws its experts evenly: a batch of b tokens with k of E experts
  /// each touches E (1 - (1 - k/E)^b) of them in the mean, rounded. Positions of one sequence do so
  /// too, unless it is stated what they choose between them.
  private func fillConstantExperts(_ sizes: inout ResolvedSizes) {
    var counts = [Int32](repeating: 0, count: model.layerCount)
    for layer in Preparation.mixtureLayers(model) {
      guard case .experts(let shape) = model.layer(layer).feedForward else { continue }
      counts[layer] = Self.activeExperts(shape, setting)
    }
    let all = (0..<steps).flatMap { _ in counts }
    sizes.columns["experts.active"] = CountColumn(
      name: "experts.active", layers: model.layerCount, counts: all)
  }

  /// Experts of a layer that a step touches in the mean, rounded, where choices are even.
  static func activeExperts(_ shape: ExpertFeedForward, _ setting: Setting) -> Int32 {
    Int32(setting.expertsChosen(of: shape).rounded())
  }

  private func fillNeurons(_ sizes: inout ResolvedSizes, _ trace: NeuronTrace) {
    let policy = setting.method.neurons
    var over = 1.0
    // A trace that is drawn for a predictor holds what it names, errors and all.
    if case .predictor(let predictor) = policy.selection, policy.trace?.isDrawn == false {
      over = predictor.overPrediction
    }
    let walk = NeuronResolve(
      trace, overPrediction: over, window: policy.window, heldShare: policy.heldShare,
      steps: window(policy.trace?.firstStep ?? 0),
      draft: (setting.positions, setting.tokensPerStep), seed: resolved.scenario.seed)
    let layers = Preparation.denseLayers(model)
    sizes.add(walk.chosen, at: layers, of: model.layerCount)
    sizes.add(walk.read, at: layers, of: model.layerCount)
    sizes.neurons = walk.statistics
    sizes.neuronsHeld = walk.peakHeld
  }
}

extension ResolvedSizes {
  /// Adds a column of some layers as one of all layers, zero elsewhere.
  mutating func add(_ column: CountColumn, at layers: [Int], of layerCount: Int) {
    let steps = column.counts.count / column.layers
    var counts = [Int32](repeating: 0, count: steps * layerCount)
    for step in 0..<steps {
      for (row, layer) in layers.enumerated() {
        counts[step * layerCount + layer] = column.counts[step * column.layers + row]
      }
    }
    columns[column.name] = CountColumn(name: column.name, layers: layerCount, counts: counts)
  }
}

extension CountColumn {
  /// This column less another, entry by entry.
  func minus(_ other: CountColumn, named name: String) -> CountColumn {
    CountColumn(name: name, layers: layers, counts: zip(counts, other.counts).map { $0 - $1 })
  }
}

extension CountColumn {
  /// This column and another, entry by entry.
  func plus(_ other: CountColumn, named name: String) -> CountColumn {
    CountColumn(name: name, layers: layers, counts: zip(counts, other.counts).map { $0 + $1 })
  }
}

extension Setting {
  /// KV bytes of one page of one KV head; layers are taken to be alike.
  public func bytesOfPage(tokens: Int) -> Double {
    guard let layer = Preparation.attentionLayers(model).first else { return 0 }
    let attention = model.layer(layer).attention
    return kv.bytes(of: attention.kvElementsWritten).value / Double(max(1, attention.kvHeads))
      * Double(tokens)
  }
}
