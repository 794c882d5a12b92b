import Costs
import Diagnostics
import Policies
import Programs
import Quantities

/// Prices parts of a step on one machine.
struct PartCosts {
  let model: CostModel
  /// Names of links, then tiers.
  let paths: [String]
  let lanes: SumLanes

  /// A part at the context of the setting; nil where it is none of the closed form's.
  /// - Parameter reads: the reads that the part is a kernel of.
  /// - Throws: `Faults` when the profile lacks what an operation needs.
  func run(
    _ part: ReadyPart, _ setting: Setting, _ plan: ReadPlan?
  ) throws(Faults) -> PricedRun? {
    let lowered = DecodeStep.part(part.part, setting, plan)
    guard lowered.streams.count == 1 else { return nil }
    let pricing = PartPricing(costs: model, stream: lowered.streams[0], paths: paths)
    let steps = Double(setting.workload.generate)
    var builder = RunBuilder(lanes, steps: setting.workload.generate)
    for operation in lowered.operations {
      var counts: ColumnCounts?
      if let column = operation.column {
        guard let known = self.counts(lowered.columns[column], part, setting) else { return nil }
        counts = known
      }
      guard let template = try pricing.template(operation, at: counts) else { return nil }
      let times = counts.map { operation.skippedWhenEmpty ? Double($0.issued) : steps }
      builder.append(template, times: times ?? steps, sum: counts.map { Double($0.sum) } ?? steps)
    }
    return builder.run()
  }

  /// What a column adds up to; nil for one that only traces fill.
  private func counts(_ column: String, _ part: ReadyPart, _ setting: Setting) -> ColumnCounts? {
    if column == "context" { return ColumnCounts(contextOf: setting) }
    guard let (reads, kernel) = part.kernel, case .kernel(_, let place) = part.part,
      ReadPlan.column(kernel, of: place) == column
    else { return nil }
    return ColumnCounts(kernel, of: reads, setting)
  }
}
