import Hardware
import Programs

/// What a machine takes beside what its operations say.
struct MachineRates {
  /// Watts, where the profile states its power.
  let idle: Double
  let mostSustained: Double
  let statesPower: Bool
  /// Dollars a second: rent, or three years of continuous use of what was bought.
  let price: Double?

  init(_ profile: Profile) {
    statesPower = profile.power != nil
    idle = profile.power?.idle.value.value ?? 0
    mostSustained = profile.power?.mostSustained.value ?? 0
    price = profile.price?.perSecond
  }
}

/// The metrics of one scenario from its sums, by the formulas of `MetricList`.
struct ClosedFormReport {
  let sums: StepSums
  /// Seconds; nil without a prompt.
  let prompt: Double?
  let rates: MachineRates
  let batch: Int
  let generated: Int

  private var steps: Double { Double(generated) }
  private var perStep: Double { 1 / steps }
  private var tokens: Double { Double(generated * batch) }
  /// Seconds of all steps.
  private var total: Double { sums.step * steps * 1e-12 }

  /// Nil where the scenario has no such metric, and for those of memory.
  func value(_ metric: ClosedFormMetric) -> Double? {
    let step = total * perStep
    let lanes = sums.lanes
    switch metric {
    case .ttft: return prompt
    case .tpot: return step
    case .throughput: return step > 0 ? Double(batch) / step : nil
    case .requestTime: return prompt.map { $0 + total }
    case .requestThroughput:
      return prompt.flatMap { $0 + total > 0 ? tokens / ($0 + total) : nil }
    case .batch: return Double(batch)
    case .compute: return sums[lanes.busy] * perStep - sums[lanes.moving] * perStep
    case .stall: return step - sums[lanes.busy] * perStep
    case .move: return sums[lanes.moving] * perStep
    case .mainStream: return sums[lanes.busy] * perStep
    case .site(let place):
      return sums.has(site: place) ? sums[lanes.sites[place]] * perStep : nil
    case .siteBytes(let place):
      return sums.moves(for: place) ? sums[lanes.siteBytes[place]] / tokens : nil
    case .entryBytesRead:
      let read = sums[lanes.entryBytes]
      return read > 0 ? read * perStep : nil
    case .energy: return energy
    case .cost: return cost
    case .path(let place):
      return sums.used.contains(place) ? sums[lanes.bytes[place]] / tokens : nil
    case .entryBytes, .peak, .absent: return nil
    }
  }

  private var energy: Double? {
    guard rates.statesPower else { return nil }
    var paths = 0.0
    for path in sums.used {
      let spent = sums[sums.lanes.energy[path]]
      if spent > 0 { paths += spent }
    }
    let sum =
      rates.idle * total + sums[sums.lanes.cores] + sums[sums.lanes.arithmetic] + paths
    return min(sum, rates.mostSustained * total) / tokens
  }

  private var cost: Double? { rates.price.map { $0 * total / tokens * 1e6 } }
}
