/// How the numbers of a stream of requests go with its rate and its replicas; of other keys nothing is
/// taken to be known.
///
/// These are assumed, not proven: a request that comes sooner can change who shares a batch with whom,
/// so that a latency falls by a little where the rate rises. What follows from it is in
/// `docs/planning.md`.
extension Sense {
  private enum Influence { case rate, replicas }

  private static func influence(_ key: String) -> Influence? {
    switch key {
    case "workload.rate": .rate
    case "workload.replicas": .replicas
    default: nil
    }
  }

  /// Nil for a key of which nothing is known.
  init?(ofStreamsWith key: String) {
    guard Self.influence(key) != nil else { return nil }
    self = .steady
  }

  init(ofStreams metric: PlannedMetric, with key: String) {
    guard let influence = Self.influence(key) else {
      self = .unknown
      return
    }
    // Rent goes by the hour of each server.
    guard !metric.isHourly else {
      self = influence == .replicas ? .rises : .steady
      return
    }
    guard metric.metrics.count == 1, let name = metric.metrics.first else {
      self = .unknown
      return
    }
    self =
      switch influence {
      case .rate: Sense(ofStreams: name)
      case .replicas: Sense(ofStreams: name).overReplicas(name)
      }
  }

  /// With the rate.
  private init(ofStreams metric: String) {
    let latencies = ["ttft", "tpot", "request.time", "queueing", "token_gap"]
    if latencies.contains(where: { metric == $0 || metric.hasPrefix($0 + ".p") }) {
      self = .rises
      return
    }
    switch metric {
    case "requests.offered", "requests.rate", "throughput", "batch", "busy", "kv.occupancy",
      "kv.occupancy.peak", "kv.waited", "batch.waited", "requests.growth":
      self = .rises
    case "kept", "energy_per_token", "cost_per_million_tokens": self = .falls
    case "requests.refused": self = .steady
    default: self = .unknown
    }
  }

  /// More replicas do to each of them what a lower rate does; together they answer no less. What a
  /// token takes may go either way.
  private func overReplicas(_ metric: String) -> Sense {
    switch metric {
    case "requests.offered", "requests.refused": return .steady
    case "requests.rate", "throughput": return .rises
    case "energy_per_token", "cost_per_million_tokens": return .unknown
    default: break
    }
    return self == .rises ? .falls : self == .falls ? .rises : self
  }
}
