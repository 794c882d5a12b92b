import Costs
import Diagnostics
import EventKernel
import NumericalMethods
import Programs
import Quantities
import Scenarios

/// Turns the engines' raw results into a report.
struct ReportBuilder {
  let preparation: Preparation
  let priced: PricedProgram
  let prefill: PrefillEstimate
  let promptTimes: PrefillEstimate.Times?
  let played: PlaybackResult?
  let analytic: AnalyticEngine.Result?
  let origins: [PricedProgram.Origin]
  let costs: CostModel

  init(
    preparation: Preparation, priced: PricedProgram, prefill: PrefillEstimate,
    promptTimes: PrefillEstimate.Times?, costs: CostModel, played: PlaybackResult?,
    analytic: AnalyticEngine.Result?
  ) {
    self.preparation = preparation
    self.priced = priced
    self.prefill = prefill
    self.promptTimes = promptTimes
    self.costs = costs
    self.played = played
    self.analytic = analytic
    origins = priced.origins()
  }

  func report() throws(Faults) -> Report {
    let resolved = preparation.resolved
    let work = WorkTotals(priced)
    var report = Report(
      scenario: resolved.scenario.name, variant: resolved.scenario.variant,
      hardware: resolved.profile.name, runtime: resolved.runtime.name, model: resolved.model.name,
      engine: played == nil ? .analytic : .playback, steps: steps,
      batch: resolved.scenario.workload.batch, metrics: [], playback: played.map(stepTimes),
      analytic: analytic.map {
        .init(step: $0.step, total: $0.total, upper: $0.upper)
      }, sites: sites(), resources: resources(), operations: operations(),
      traffic: work.bytes.map {
        .init(through: $0.through, bytesPerToken: Bytes($0.bytes / tokens))
      }, memory: memory(), nearTier: preparation.setting.nearTier,
      energy: energy(work), costBasis: costBasis, unmeasured: unmeasured,
      calibrated: try calibrated())
    report.metrics = MetricList(
      builder: self, report: report, work: work,
      contextSwitch: try ContextSwitch.time(preparation, costs)
    ).values()
    return report
  }

  /// Families of operations whose kernels nobody timed; reads and stated times are priced apart.
  private var unmeasured: [String] {
    let kinds = priced.resolved.joined().filter { operation in
      !operation.isMeasured && operation.kind != .storageRead && operation.kind != .hostIssue
    }.map(\.kind.rawValue)
    return Set(kinds).sorted()
  }

  var steps: Int { priced.program.steps }
  /// Tokens generated over all steps and sequences.
  var tokens: Double {
    let workload = preparation.setting.workload
    return Double(steps * workload.batch * (workload.training == nil ? 1 : workload.prompt))
  }
  /// Time of all steps under the primary engine.
  var total: Seconds {
    if let played { return Seconds(Double(played.roundEnds.last ?? 0) * 1e-12) }
    return analytic?.total ?? .zero
  }
  var perStep: Double { 1 / Double(steps) }

  private func stepTimes(_ played: PlaybackResult) -> Report.StepTimes {
    var each: [Int64] = []
    var last: Int64 = 0
    for end in played.roundEnds {
      each.append(end - last)
      last = end
    }
    let sorted = each.sorted()
    func rank(_ share: Double) -> Seconds {
      let index = max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)
      return Seconds(Double(sorted[index]) * 1e-12)
    }
    let busy = max(1, played.queueBusy.reduce(0, +))
    return .init(
      mean: total * perStep, median: rank(0.5), p99: rank(0.99), total: total, each: each,
      events: played.events,
      overlapShare: Double(played.overlapped) / Double(max(1, played.makespan)),
      contendedShare: Double(played.slowed.reduce(0, +)) / Double(busy))
  }

  func operation(of activity: Int) -> Operation { priced.operation(at: origins[activity]) }

  /// Busy and awaited time of an activity over all steps.
  func times(_ activity: Int) -> (busy: Double, awaited: Double) {
    if let played {
      return (Double(played.busy[activity]) * 1e-12, Double(played.awaited[activity]) * 1e-12)
    }
    return ((analytic?.busy[activity].value ?? 0) * Double(steps), 0)
  }

  private func shares(_ name: (Int) -> String) -> [Report.Share] {
    var order: [String] = []
    var sums: [String: (Double, Double)] = [:]
    for activity in origins.indices {
      let key = name(activity)
      let (busy, awaited) = times(activity)
      if sums[key] == nil { order.append(key) }
      let old = sums[key] ?? (0, 0)
      sums[key] = (old.0 + busy, old.1 + awaited)
    }
    return order.map { key in
      let (busy, awaited) = sums[key] ?? (0, 0)
      return .init(
        name: key, busy: Seconds(busy * perStep), awaited: Seconds(awaited * perStep),
        utilisation: total.value > 0 ? busy / total.value : 0)
    }
  }

  private func sites() -> [Report.Share] { shares { operation(of: $0).site.rawValue } }

  private func resources() -> [Report.Share] {
    shares { priced.program.streams[operation(of: $0).stream].name }
  }

  private func operations() -> [Report.OperationShare] {
    var order: [String] = []
    var found: [String: Report.OperationShare] = [:]
    for activity in origins.indices {
      let operation = operation(of: activity)
      let (busy, awaited) = times(activity)
      if var share = found[operation.name] {
        share.busy += Seconds(busy * perStep)
        share.awaited += Seconds(awaited * perStep)
        found[operation.name] = share
      } else {
        order.append(operation.name)
        found[operation.name] = .init(
          name: operation.name, site: operation.site.rawValue,
          stream: priced.program.streams[operation.stream].name, busy: Seconds(busy * perStep),
          awaited: Seconds(awaited * perStep), bound: bound(activity))
      }
    }
    return order.compactMap { found[$0] }
  }

  /// What bounds an operation at its mean count.
  private func bound(_ activity: Int) -> String {
    let operation = operation(of: activity)
    let mean =
      operation.column.map { priced.program.columns[$0].mean(layer: origins[activity].layer) }
    return priced.resolvedOperation(at: origins[activity]).price(mean ?? 1).bound.rawValue
  }

  private func memory() -> [Report.TierMemory] {
    preparation.resolved.profile.tiers.compactMap { tier in
      let items = preparation.memory.items.filter { $0.tier == tier.name }
      guard !items.isEmpty else { return nil }
      return .init(
        tier: tier.name, capacity: tier.capacity.value, peak: preparation.memory.peak(tier.name),
        items: items.map { .init(what: $0.what, bytes: $0.bytes) })
    }
  }

  private var costBasis: Report.CostBasis? {
    guard let price = preparation.resolved.profile.price else { return nil }
    if price.rent != nil { return .rent }
    return price.purchase == nil ? nil : .purchase
  }

  private func energy(_ work: WorkTotals) -> Report.EnergyShares? {
    guard let power = preparation.resolved.profile.power else { return nil }
    let idle = power.idle.value * total
    let paths = work.pathEnergy.filter { $0.joules > 0 }
    let unstated = work.pathEnergy.filter { $0.joules == 0 }.map(\.through)
    let cores = origins.indices.reduce(0) { $0 + coreEnergy($1) }
    let sum = idle.value + cores + work.arithmeticEnergy + paths.reduce(0) { $0 + $1.joules }
    let limit = (power.mostSustained * total).value
    return .init(
      idle: idle / tokens, cores: Joules(cores / tokens),
      arithmetic: Joules(work.arithmeticEnergy / tokens),
      paths: paths.map { ($0.through, Joules($0.joules / tokens)) }, unstated: unstated,
      total: Joules(min(sum, limit) / tokens), capped: sum > limit)
  }

  /// What the cores that an activity holds draw while it runs, over all steps, in joules.
  private func coreEnergy(_ activity: Int) -> Double {
    let resolved = priced.resolvedOperation(at: origins[activity])
    guard resolved.activePower > 0 else { return 0 }
    return resolved.activePower * times(activity).busy
  }
}
