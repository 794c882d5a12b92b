import Costs
import Diagnostics
import Policies
import Programs
import Quantities

/// What stays of a decode step while its tokens, the model and the machine stay: priced once.
struct FixedParts {
  /// An operation at the count that it always has; nil is the one of an operation without a column.
  struct Part {
    var template: OperationTemplate
    var count: Double?
    var isIssued: Bool
  }

  /// By shape of the model: what stands before the reads, and what follows them.
  var before: [[Part]] = []
  var after: [[Part]] = []
  var host: [Part] = []
  var head: [Part] = []
  /// Bytes of weights, and the sizes that they were placed with.
  var weights: MemoryPlan
  var sizes = ResolvedSizes()

  /// Nil where an operation runs beside the main stream, or has sizes that no closed form knows.
  /// - Throws: `Faults` of pricing.
  init?(_ setting: Setting, costs: CostModel, paths: [String]) throws(Faults) {
    sizes.columns["experts.active"] = Self.experts(setting)
    weights = MemoryPlan(weightsOf: setting, sizes)
    let (split, host, head) = DecodeStep.shapes(setting)
    guard split.streams.count == 1 else { return nil }
    let pricing = PartPricing(costs: costs, stream: split.streams[0], paths: paths)
    for (shape, layer) in zip(setting.model.shapes, split.layers) {
      var count: Int?
      if case .experts(let experts) = shape.feedForward {
        count = Int(SizeResolver.activeExperts(experts, setting))
      }
      guard let first = try Self.parts(layer.before, split, pricing, active: count),
        let last = try Self.parts(layer.after, split, pricing, active: count)
      else { return nil }
      before.append(first)
      after.append(last)
    }
    guard let host = try Self.parts(host.operations, split, pricing, active: nil),
      let head = try Self.parts(head.operations, split, pricing, active: nil)
    else { return nil }
    (self.host, self.head) = (host, head)
  }

  private static func parts(
    _ operations: [Operation], _ split: SplitStep, _ pricing: PartPricing, active: Int?
  ) throws(Faults) -> [Part]? {
    var parts: [Part] = []
    for operation in operations {
      let name = operation.column.map { split.columns[$0] }
      guard name == nil || (name == "experts.active" && active != nil) else { return nil }
      let count = name == nil ? nil : active
      let counts = count.map {
        ColumnCounts(sum: Int64($0), issued: $0 > 0 ? 1 : 0, largest: $0, steps: 1)
      }
      guard let template = try pricing.template(operation, at: counts) else { return nil }
      parts.append(
        Part(
          template: template, count: count.map(Double.init),
          isIssued: count ?? 1 > 0 || !operation.skippedWhenEmpty))
    }
    return parts
  }

  /// The same over some steps.
  func runs(_ lanes: SumLanes, steps: Int) -> FixedRuns {
    func run(_ parts: [Part]) -> PricedRun {
      var builder = RunBuilder(lanes, steps: steps)
      for part in parts {
        builder.append(
          part.template, times: part.isIssued ? Double(steps) : 0,
          sum: (part.count ?? 1) * Double(steps))
      }
      return builder.run()
    }
    return FixedRuns(
      host: run(host), before: before.map(run), after: after.map(run), head: run(head))
  }

  /// The count that memory asks for: experts in use at once.
  private static func experts(_ setting: Setting) -> CountColumn {
    var most: Int32 = 0
    for shape in setting.model.shapes {
      guard case .experts(let experts) = shape.feedForward else { continue }
      most = max(most, SizeResolver.activeExperts(experts, setting))
    }
    return CountColumn(name: "experts.active", layers: 1, counts: [most])
  }
}

/// What stays of a decode step, over some steps.
struct FixedRuns {
  var host: PricedRun
  /// By shape of the model.
  var before: [PricedRun]
  var after: [PricedRun]
  var head: PricedRun
}

/// Prices operations of the main stream at the mean of their counts.
struct PartPricing {
  let costs: CostModel
  let stream: Programs.Stream
  /// Names of links, then tiers.
  let paths: [String]

  /// Nil where a price breaks a limit, which `PriceTables` reports.
  /// - Throws: `Faults` when the profile lacks what the operation needs.
  func template(
    _ operation: Operation, at counts: ColumnCounts?
  ) throws(Faults) -> OperationTemplate? {
    let priced = try costs.resolve(operation, on: stream)
    guard let span = span(operation, priced, counts) else { return nil }
    return OperationTemplate(operation, priced, span: span, paths: paths)
  }

  /// Picoseconds at the mean count, as `MeanSpans` has them: between whole counts linearly.
  private func span(
    _ operation: Operation, _ priced: PricedOperation, _ counts: ColumnCounts?
  ) -> Double? {
    guard let counts else { return table(operation, priced, 1) }
    let mean = Double(counts.sum) / Double(counts.steps)
    let below = Int(mean)
    guard let low = table(operation, priced, below) else { return nil }
    let rest = mean - Double(below)
    guard rest > 0 else { return low }
    let high = below < counts.largest ? table(operation, priced, below + 1) : low
    return high.map { low + rest * ($0 - low) }
  }

  private func table(_ operation: Operation, _ priced: PricedOperation, _ count: Int) -> Double? {
    if count == 0, operation.skippedWhenEmpty { return 0 }
    let price = priced.price(Double(count))
    guard PriceTables.allows(price) else { return nil }
    return Double(Span(rounding: price.time).picoseconds)
  }
}
