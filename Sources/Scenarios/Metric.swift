import Quantities

/// The names under which a report's numbers are asked for, each with its unit.
///
/// `docs/metrics.md` defines each. Names with a part in angle brackets hold for every stream, tier
/// or link of the profile.
public struct Metric: Sendable, Hashable {
  public enum Unit: Sendable, Hashable { case seconds, bytes, perSecond, joules, dollars, share }

  public var name: String
  public var unit: Unit

  /// The metrics without a variable part.
  public static let fixed: [Metric] = [
    Metric(name: "ttft", unit: .seconds),
    Metric(name: "tpot", unit: .seconds),
    Metric(name: "throughput", unit: .perSecond),
    Metric(name: "stall.time_per_token", unit: .seconds),
    Metric(name: "compute.time_per_token", unit: .seconds),
    Metric(name: "move.time_per_token", unit: .seconds),
    Metric(name: "experts.hit_rate", unit: .share),
    Metric(name: "experts.hit_rate_from_start", unit: .share),
    Metric(name: "pages.hit_rate", unit: .share),
    Metric(name: "neurons.hit_rate", unit: .share),
    Metric(name: "prefetch.accuracy", unit: .share),
    Metric(name: "coverage.attention", unit: .share),
    Metric(name: "coverage.experts", unit: .share),
    Metric(name: "energy_per_token", unit: .joules),
    Metric(name: "cost_per_million_tokens", unit: .dollars),
  ]

  /// Suffixes and prefixes of the metrics that exist for every tier, link and stream.
  static let perResource: [(suffix: String, unit: Unit)] = [
    (".time_per_token", .seconds), (".bytes_per_token", .bytes),
  ]

  /// The metric of that name, if there is one; `resources` are the profile's tiers, links and the
  /// program's streams and sites.
  public static func named(_ name: String, resources: [String]) -> Metric? {
    if let metric = fixed.first(where: { $0.name == name }) { return metric }
    for (suffix, unit) in perResource where name.hasSuffix(suffix) {
      let resource = String(name.dropLast(suffix.count))
      if resources.contains(resource) { return Metric(name: name, unit: unit) }
    }
    if name.hasPrefix("memory."), name.hasSuffix(".peak") {
      let tier = String(name.dropFirst(7).dropLast(5))
      if resources.contains(tier) { return Metric(name: name, unit: .bytes) }
    }
    return nil
  }

  /// The unit of a name of this form, whatever its resource; nil for a name of no form.
  public static func unit(ofForm name: String) -> Unit? {
    if let metric = fixed.first(where: { $0.name == name }) { return metric.unit }
    if name.hasPrefix("memory."), name.hasSuffix(".peak") { return .bytes }
    return perResource.first { name.hasSuffix($0.suffix) }?.unit
  }

  /// All names that exist for those resources.
  public static func names(resources: [String]) -> [String] {
    fixed.map(\.name)
      + resources.flatMap { r in perResource.map { r + $0.suffix } + ["memory.\(r).peak"] }
  }
}
