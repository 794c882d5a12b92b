import NumericalMethods

/// A number of a stream, by the name that `docs/metrics.md` defines.
public struct StreamMetric: Sendable, Hashable {
  public var name: String
  /// In the base unit of the metric.
  public var value: Double
  /// Where the value lies in the long run; nil where the run does not tell.
  public var interval: ConfidenceInterval?
}

extension StreamReport {
  /// All numbers of the stream, in the order of `docs/metrics.md`.
  public var metrics: [StreamMetric] {
    var list: [StreamMetric] = []
    func add(_ name: String, _ value: Double?, _ interval: ConfidenceInterval? = nil) {
      guard let value else { return }
      list.append(
        StreamMetric(name: name, value: value, interval: steady.isSteady ? interval : nil))
    }
    for (name, summary) in latencies.named {
      for (ending, estimate) in summary?.figures ?? [] {
        add(name + ending, estimate.value, estimate.interval)
      }
    }
    add("token_gap", played.gaps.mean)
    add("token_gap.p50", played.gaps.quantile(0.5))
    add("token_gap.p90", played.gaps.quantile(0.9))
    add("token_gap.p99", played.gaps.quantile(0.99))
    add("requests.offered", offered)
    add("requests.rate", requestRate)
    add("requests.growth", steady.growth)
    add("requests.refused", Double(refused))
    add("throughput", tokenRate)
    add("goodput", goodput)
    add("kept", latencies.kept?.value, latencies.kept?.interval)
    add("batch", meanBatch)
    add("busy", busy)
    add("preemptions", Double(preemptions))
    add("kv.occupancy", meanOccupancy)
    add("kv.occupancy.peak", peakOccupancy)
    add("kv.waited", waited(played.waitedForPages))
    add("batch.waited", waited(played.waitedForPlaces))
    add("prefix.hit_rate", foundShare)
    for (name, value) in tierMetrics { add(name, value) }
    if let prompts = promptServers {
      add("prompts.busy", prompts.busy)
      add("prompts.kv.occupancy", prompts.meanOccupancy)
      add("prompts.kv.occupancy.peak", prompts.peakOccupancy)
      add("transfer.time", prompts.transferTime)
      add("transfer.waited", prompts.transferWait)
    }
    add("energy_per_token", joulesPerToken)
    add("cost_per_million_tokens", costPerMillion)
    for resource in resources {
      add("\(resource.metric).utilisation", resource.share)
      add("\(resource.metric).bytes_per_token", resource.bytes.map { $0 / max(1, tokens) })
    }
    return list
  }

  public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }

  /// A share of the time in steps.
  private func waited(_ picoseconds: Int64) -> Double {
    Double(picoseconds) / Double(max(1, played.busy))
  }

  /// Share of the tokens of all prompts that started whose KV another request had left; nil where
  /// requests share nothing.
  private var foundShare: Double? {
    guard sharesPrompts else { return nil }
    let table = played.requests
    var (found, prompts) = (0.0, 0.0)
    for row in 0..<table.count where table.starts[row] >= 0 {
      found += Double(table.found[row])
      prompts += Double(table.prompts[row])
    }
    return prompts > 0 ? found / prompts : nil
  }
}
