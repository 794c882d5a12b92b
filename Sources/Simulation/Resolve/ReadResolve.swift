import Diagnostics
import Policies
import Programs

extension SizeResolver {
  /// Fills the columns of reads whose amounts change from step to step. They follow the context
  /// alone, so that no trace is needed.
  func fillReads(_ plan: ReadPlan?, _ sizes: inout ResolvedSizes) {
    guard let plan else { return }
    let layers = setting.model.layerCount
    let steps = setting.steps
    for (place, reads) in plan.classes.enumerated() {
      for kernel in reads.kernels {
        let course = reads.course(kernel, setting)
        guard course.kind != .constant else { continue }
        var counts: [Int32] = []
        counts.reserveCapacity(steps * layers)
        for step in 0..<steps {
          let entries = reads.entries(kernel, setting.context(step: step), setting)
          let count = course.count(step: step, entries: entries)
          for _ in 0..<layers { counts.append(count) }
        }
        let name = ReadPlan.column(kernel, of: place)
        sizes.columns[name] = CountColumn(name: name, layers: layers, counts: counts)
      }
    }
  }

  /// What is stated of reads; nil where nothing is.
  /// - Throws: `Faults` where it does not fit the model or the work.
  func checkedReads() throws(Faults) -> ReadPlan? {
    let method = setting.method
    let place = SourcePosition(file: resolved.file)
    var faults: [Fault] = []
    func refuse(_ key: String, _ found: String, _ mend: String) {
      faults.append(Fault(.conflict(key: key, found: found, mend: mend), at: place))
    }
    if method.cache.hitShare > 0, [nil, setting.nearTier].contains(method.cache.tier) {
      refuse(
        "cache.hit-share", "\(method.cache.hitShare)",
        "KV lies beside the processor; name a far cache.tier")
    }
    let first = ReadPlan.contexts(setting).lowerBound
    guard method.statesReads else {
      try Faults.throwIfAny(faults)
      return nil
    }
    if method.attention.selection != .all {
      refuse(
        "attention.select", "given with reads, keep, form or shared-prefix",
        "state the selection as attention.reads")
    }
    if method.cache.trace != nil {
      refuse(
        "cache.trace", "given with reads, keep, form or shared-prefix",
        "their counts follow the context; use attention.select with a trace")
    }
    if case .entries(let count)? = method.cache.resident?.budget {
      refuse(
        "cache.resident.budget", "\(count) pages",
        "without attention.select nothing is kept by page; give an amount of memory")
    }
    if let tokens = method.cache.sharedPrefix?.tokens, tokens >= first {
      refuse(
        "cache.shared-prefix.tokens", "\(tokens) tokens",
        "the prompt leaves \(first - 1) in the context")
    }
    let compressed = setting.model.shapes.contains {
      if case .compressed = $0.attention { return true }
      return false
    }
    let plan = ReadPlan(setting)
    if let over = plan?.classes.map(\.keptHeads).max(), over > 1 + 1e-9 {
      refuse("cache.keep", "\(over) of the heads of a layer", "shares of heads add up to 1 or less")
    }
    if compressed {
      refuse(
        "attention.reads", "a model whose KV entries stand for several tokens",
        "its own selection is priced without reads, keep and form")
    }
    try Faults.throwIfAny(faults)
    if let plan { try checkCells(plan, place) }
    return plan
  }

  private func checkCells(_ plan: ReadPlan, _ place: SourcePosition) throws(Faults) {
    let columns = plan.classes.reduce(0) { $0 + $1.kernels.count }
    let cells = setting.workload.generate * max(1, setting.model.layerCount)
    let (all, overflow) = cells.multipliedReportingOverflow(by: 1 + columns)
    guard overflow || all > Self.cellLimit else { return }
    let steps = Self.cellLimit / max(1, setting.model.layerCount) / (1 + columns)
    throw Faults(
      .outOfRange(
        key: "workload.generate", found: "\(setting.workload.generate)",
        allowed: "at most \(steps) steps with \(columns) different reads"), at: place)
  }
}

extension Faults {
  /// - Throws: the faults, if there are any.
  static func throwIfAny(_ faults: [Fault]) throws(Faults) {
    guard faults.isEmpty else { throw Faults(faults) }
  }
}
