import Scenarios

/// How a metric goes with a key, everything else being the same.
enum Sense: Sendable {
  case rises, falls, steady
  /// It is the share of each of so many in something that rises, or the rate of all of them: at twice
  /// the key no less than half of it, or no more than twice.
  case shared
  /// Not known, or not the same everywhere.
  case unknown

  /// What one key does to one metric of the report.
  ///
  /// Longer contexts and larger amounts of reads take more of everything; a larger cache misses less
  /// and takes more memory. A batch takes more memory, time and energy for a step; what it does to those of a token
  /// depends on the kernels.
  init(of metric: String, with key: String) {
    let isOfPrompt = metric == "ttft" || metric.hasPrefix("prompt.")
    switch Influence(key) {
    case .context:
      self = Self.isRate(metric) ? .falls : Self.isShare(metric) ? .unknown : .rises
    case .batch:
      if Self.isMemory(metric) || ["tpot", "ttft", "request.time"].contains(metric) {
        self = .rises
      } else if ["cost_per_million_tokens", "energy_per_token", "throughput"].contains(metric) {
        self = .shared
      } else {
        self = Self.isShare(metric) ? .steady : .unknown
      }
    case .reads:
      if isOfPrompt {
        self = .steady
      } else if metric == "coverage.attention" {
        self = .rises
      } else {
        self = Self.isRate(metric) ? .falls : Self.isShare(metric) ? .unknown : .rises
      }
    case .budget:
      if isOfPrompt || metric.hasPrefix("coverage.") {
        self = .steady
      } else if metric.hasSuffix("hit_rate") || Self.isMemory(metric) {
        self = .rises
      } else {
        self = Self.isRate(metric) ? .rises : metric == "tpot" ? .falls : .unknown
      }
    case nil: self = .unknown
    }
  }

  private enum Influence {
    case context, batch, reads, budget

    init?(_ key: String) {
      switch key {
      case "workload.prompt": self = .context
      case "workload.batch": self = .batch
      case "attention.select.keep": self = .reads
      case "cache.resident.budget", "experts.resident.budget": self = .budget
      case _ where key.hasPrefix("attention.reads."):
        let last = key.split(separator: ".").last ?? ""
        guard ["tokens", "keep", "recent", "sink", "share"].contains(last) else { return nil }
        self = .reads
      default: return nil
      }
    }
  }

  private static func isRate(_ metric: String) -> Bool { metric.hasSuffix("throughput") }

  private static func isShare(_ metric: String) -> Bool {
    metric.hasPrefix("coverage.") || metric.hasSuffix("hit_rate") || metric == "batch"
  }

  private static func isMemory(_ metric: String) -> Bool {
    metric.hasPrefix("memory.") || metric == "kv.bytes"
  }

  /// Of the product of metrics.
  /// - Parameter isOfStreams: whether points are streams of requests, of which less is known.
  init(of metric: PlannedMetric, with key: String, isOfStreams: Bool = false) {
    guard key != PlannedMetric.devices else {
      self = metric.countsDevices ? .rises : .steady
      return
    }
    guard !isOfStreams else {
      self = Sense(ofStreams: metric, with: key)
      return
    }
    // Rent goes by the hour, whatever the machine does.
    guard !metric.isHourly else {
      self = key.hasPrefix("hardware") || key == "variant" ? .unknown : .steady
      return
    }
    let senses = metric.metrics.map { Sense(of: $0, with: key) }
    guard let first = senses.first else {
      self = .unknown
      return
    }
    // A share times a rate is neither.
    let isOne = senses.allSatisfy { $0 == first } && (first != .shared || senses.count == 1)
    self = isOne ? first : .unknown
  }

  /// Of what a point needs of memory, which decides whether it can be played.
  static func ofRoom(with key: String, isOfStreams: Bool = false) -> Sense {
    if isOfStreams { return Sense(ofStreamsWith: key) == nil ? .unknown : .steady }
    return key == PlannedMetric.devices ? .steady : Sense(of: "kv.bytes", with: key)
  }
}
