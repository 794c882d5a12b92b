import Programs
import Quantities
import Scenarios

/// The metrics of a report by name, in base units; `docs/metrics.md` defines each.
struct MetricList {
  let builder: ReportBuilder
  let report: Report
  let work: WorkTotals
  let contextSwitch: Seconds?

  func values() -> [Report.MetricValue] {
    var list: [Report.MetricValue] = []
    func add(_ name: String, _ value: Double?) {
      if let value { list.append(.init(name: name, value: value)) }
    }
    let step = builder.total.value * builder.perToken
    if let kernel = builder.preparation.kernel {
      list += kernel.metrics(step: step)
    } else if builder.preparation.setting.workload.training != nil {
      list += TrainingMetrics(builder: builder, report: report, step: step).values()
    } else {
      add("ttft", builder.promptTimes?.total.value)
      add("tpot", step)
      add("step.time", builder.total.value * builder.perStep)
      add("throughput", step > 0 ? Double(report.batch) / step : nil)
    }
    if let prompt = builder.promptTimes {
      let request = prompt.total.value + builder.total.value
      add("request.time", request)
      add("request.throughput", request > 0 ? builder.tokens / request : nil)
    }
    add("batch", Double(report.batch))
    let main = report.resources.first { $0.name == mainStream }?.busy.value ?? 0
    let moved = sum { $0 == .move }
    add("compute.time_per_token", main - moved)
    add("stall.time_per_token", step - main)
    add("move.time_per_token", moved)
    let sizes = builder.preparation.sizes
    add("experts.hit_rate", sizes.experts?.hitRate)
    add("experts.hit_rate_from_start", sizes.experts?.hitRateFromStart)
    add("pages.hit_rate", sizes.pages?.hitRate)
    add("neurons.hit_rate", sizes.neurons?.hitRate)
    add("prefetch.accuracy", sizes.experts?.guessAccuracy ?? sizes.pages?.guessAccuracy)
    add("coverage.attention", sizes.attentionCoverage)
    add("coverage.experts", sizes.expertCoverage)
    let stored = builder.preparation.memory.kvBytes.value
    add("kv.bytes", stored > 0 ? stored : nil)
    add("kv.bytes_read_per_step", work.entryBytes > 0 ? work.entryBytes * builder.perStep : nil)
    add("context_switch.time", contextSwitch?.value)
    add("energy_per_token", report.energy?.total.value)
    add("cost_per_million_tokens", cost)
    for share in report.sites + report.resources {
      add("\(share.name).time_per_token", share.busy.value)
    }
    // Of weights the matrices alone count, which `addWeights` adds.
    for (site, bytes) in work.siteBytes where site != .weights {
      add("\(site.rawValue).bytes_per_token", bytes / builder.tokens)
    }
    for operation in report.operations where Metric.isOfMethod(operation.name) {
      add("\(operation.name).time", operation.busy.value)
    }
    for path in report.traffic { add("\(path.through).bytes_per_token", path.bytesPerToken.value) }
    for tier in report.memory { add("memory.\(tier.tier).peak", tier.peak.value) }
    addWeights(to: &list)
    addPrompt(to: &list)
    return list
  }

  private func addWeights(to list: inout [Report.MetricValue]) {
    let sizes = builder.preparation.sizes
    let totals = WeightTotals(builder.preparation.setting) {
      sizes.columns["neurons.chosen"]?.mean(layer: $0)
    }
    list.append(.init(name: "weights.parameters", value: totals.parameters))
    list.append(.init(name: "weights.layer_parameters", value: totals.layerParameters))
    list.append(.init(name: "weights.active_parameters", value: totals.active))
    list.append(.init(name: "weights.bytes", value: totals.bytes))
    list.append(.init(name: "weights.layer_bytes", value: totals.layerBytes))
    list.append(
      .init(name: "weights.bytes_per_token", value: work.weightBytes / builder.tokens))
  }

  /// The parts of the prompt; an operation that is called like a site is counted in the site.
  private func addPrompt(to list: inout [Report.MetricValue]) {
    guard let prompt = builder.promptTimes else { return }
    for site in prompt.sites {
      list.append(.init(name: "prompt.\(site.name).time", value: site.busy.value))
    }
    for operation in prompt.operations
    where !prompt.sites.contains(where: { $0.name == operation.name }) {
      list.append(.init(name: "prompt.\(operation.name).time", value: operation.busy.value))
    }
    let layers = Double(max(1, builder.preparation.setting.model.layerCount))
    list.append(.init(name: "prompt.layer_products.time", value: prompt.products.value / layers))
    for peak in builder.preparation.promptMemory() {
      list.append(.init(name: "memory.\(peak.tier).prompt_peak", value: peak.bytes.value))
    }
  }

  /// The stream on which the model itself runs. A step may begin on another, with a read.
  private var mainStream: String { builder.priced.program.streams[0].name }

  /// Busy time a step of the operations of some kinds.
  private func sum(_ isWanted: (Operation.Kind) -> Bool) -> Double {
    var sum = 0.0
    for activity in builder.origins.indices
    where isWanted(builder.operation(of: activity).kind) {
      sum += builder.times(activity).busy
    }
    return sum * builder.perToken
  }

  /// Rent of the machine for the time of a million tokens; with a purchase price only, three years
  /// of continuous use pay for it.
  private var cost: Double? {
    builder.preparation.resolved.profile.price?.perSecond.map {
      $0 * builder.total.value / builder.tokens * 1e6
    }
  }
}
