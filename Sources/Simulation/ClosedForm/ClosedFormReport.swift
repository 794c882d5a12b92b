import Hardware
import Programs
import Quantities
import Workloads

/// The metrics of one scenario from its sums, by the formulas of `MetricList`.
struct ClosedFormReport {
  let sums: StepSums
  let memory: MemoryPlan
  /// Seconds; nil without a prompt.
  let prompt: Double?
  let profile: Profile
  let workload: RequestShape

  private var steps: Double { Double(workload.generate) }
  private var perStep: Double { 1 / steps }
  private var tokens: Double { Double(workload.generate * workload.batch) }
  /// Seconds of all steps.
  private var total: Double { sums.step * steps * 1e-12 }

  /// Nil where the scenario has no such metric.
  func value(_ metric: ClosedFormMetric) -> Double? {
    let step = total * perStep
    switch metric {
    case .ttft: return prompt
    case .tpot: return step
    case .throughput: return step > 0 ? Double(workload.batch) / step : nil
    case .requestTime: return prompt.map { $0 + total }
    case .requestThroughput:
      return prompt.flatMap { $0 + total > 0 ? tokens / ($0 + total) : nil }
    case .batch: return Double(workload.batch)
    case .compute: return sums.busy * perStep - sums.moving * perStep
    case .stall: return step - sums.busy * perStep
    case .move: return sums.moving * perStep
    case .mainStream: return sums.busy * perStep
    case .site(let place): return sums.hasSite[place] ? sums.sites[place] * perStep : nil
    case .entryBytes:
      let stored = memory.kvBytes.value
      return stored > 0 ? stored : nil
    case .entryBytesRead: return sums.entryBytes > 0 ? sums.entryBytes * perStep : nil
    case .energy: return energy
    case .cost: return cost
    case .path(let place): return sums.used.contains(place) ? sums.bytes[place] / tokens : nil
    case .peak(let tier):
      return memory.items.contains { $0.tier == tier } ? memory.peak(tier).value : nil
    case .absent: return nil
    }
  }

  private var energy: Double? {
    guard let power = profile.power else { return nil }
    var paths = 0.0
    for path in sums.used where sums.energy[path] > 0 { paths += sums.energy[path] }
    let sum = power.idle.value.value * total + sums.cores + sums.arithmetic + paths
    return min(sum, power.mostSustained.value * total) / tokens
  }

  /// Rent for the time of a million tokens, or three years of continuous use of what was bought.
  private var cost: Double? {
    guard let price = profile.price else { return nil }
    let threeYears = 3 * 365.25 * 24 * 3600.0
    let rate = price.rent?.value.value ?? price.purchase.map { $0.value.value / threeYears }
    return rate.map { $0 * total / tokens * 1e6 }
  }
}
