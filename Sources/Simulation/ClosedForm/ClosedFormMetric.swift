import Hardware
import Programs
import Scenarios

/// A metric as the closed form works it out.
enum ClosedFormMetric: Hashable, Sendable {
  case ttft, tpot, throughput, requestTime, requestThroughput, batch
  case compute, stall, move
  case entryBytes, entryBytesRead
  case energy, cost
  /// Busy time of a site, by its place in `Site.allCases`, or of the main stream.
  case site(Int)
  case mainStream
  /// Bytes that the kernels of a site move in tiers, by its place in `Site.allCases`.
  case siteBytes(Int)
  /// Bytes through a path, by its place among the profile's links and tiers.
  case path(Int)
  case peak(tier: String)
  /// What only traces or other streams give, so that there is none here.
  case absent

  /// Nil for a metric that the closed form leaves to the simulator.
  init?(_ name: String, paths: [String], mainStream: String) {
    if let known = Self.named[name] {
      self = known
      return
    }
    func stem(_ ending: String) -> String? {
      name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : nil
    }
    if let owner = stem(".time_per_token") {
      let site = Site.allCases.firstIndex { $0.rawValue == owner }
      self = site.map { .site($0) } ?? (owner == mainStream ? .mainStream : .absent)
    } else if let path = stem(".bytes_per_token") {
      if let site = Site.allCases.firstIndex(where: { $0.rawValue == path }) {
        // Of weights the matrices alone count.
        guard Site.allCases[site] != .weights else { return nil }
        self = .siteBytes(site)
        return
      }
      self = paths.firstIndex(of: path).map { .path($0) } ?? .absent
    } else if name.hasPrefix("memory."), let tier = stem(".peak") {
      self = .peak(tier: String(tier.dropFirst("memory.".count)))
    } else {
      return nil
    }
  }

  private static let named: [String: ClosedFormMetric] = [
    "ttft": .ttft, "tpot": .tpot, "step.time": .tpot, "throughput": .throughput,
    "request.time": .requestTime, "request.throughput": .requestThroughput, "batch": .batch,
    "compute.time_per_token": .compute,
    "stall.time_per_token": .stall, "move.time_per_token": .move, "kv.bytes": .entryBytes,
    "kv.bytes_read_per_step": .entryBytesRead, "energy_per_token": .energy,
    "cost_per_million_tokens": .cost, "experts.hit_rate": .absent,
    "experts.hit_rate_from_start": .absent, "pages.hit_rate": .absent,
    "neurons.hit_rate": .absent, "prefetch.accuracy": .absent, "coverage.attention": .absent,
    "coverage.experts": .absent,
  ]

  /// Whether it is of what lies in memory, not of what runs.
  var isOfMemory: Bool {
    switch self {
    case .entryBytes, .peak: true
    default: false
    }
  }

  var needsPrompt: Bool {
    switch self {
    case .ttft, .requestTime, .requestThroughput: true
    default: false
    }
  }
}
