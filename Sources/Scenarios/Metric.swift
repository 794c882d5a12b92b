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
  public static let fixed = ofOneRequest + ofStreams

  /// Those of single requests; streams share some of their names.
  private static let ofOneRequest: [Metric] = [
    Metric(name: "ttft", unit: .seconds),
    Metric(name: "tpot", unit: .seconds),
    Metric(name: "step.time", unit: .seconds),
    Metric(name: "throughput", unit: .perSecond),
    Metric(name: "request.time", unit: .seconds),
    Metric(name: "request.throughput", unit: .perSecond),
    Metric(name: "batch", unit: .share),
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
    Metric(name: "kv.bytes", unit: .bytes),
    Metric(name: "kv.bytes_read_per_step", unit: .bytes),
    Metric(name: "context_switch.time", unit: .seconds),
    Metric(name: "weights.bytes", unit: .bytes),
    Metric(name: "weights.layer_bytes", unit: .bytes),
    Metric(name: "weights.bytes_per_token", unit: .bytes),
    Metric(name: "weights.parameters", unit: .share),
    Metric(name: "weights.layer_parameters", unit: .share),
    Metric(name: "weights.active_parameters", unit: .share),
    Metric(name: "training.step_time", unit: .seconds),
    Metric(name: "training.throughput", unit: .perSecond),
    Metric(name: "training.forward_time", unit: .seconds),
    Metric(name: "training.backward_time", unit: .seconds),
    Metric(name: "training.utilisation", unit: .share),
    Metric(name: "communication.bytes", unit: .bytes),
    Metric(name: "communication.time", unit: .seconds),
    Metric(name: "communication.sync_bytes", unit: .bytes),
    Metric(name: "communication.saved_share", unit: .share),
    Metric(name: "partition.imbalance", unit: .share),
    Metric(name: "kernel.time", unit: .seconds),
    Metric(name: "branches.mpki", unit: .share),
    Metric(name: "branches.saved_best", unit: .share),
    Metric(name: "branches.saved_mean", unit: .share),
    Metric(name: "branches.penalty_cycles", unit: .share),
    Metric(name: "partition.ring_step_time", unit: .seconds),
    Metric(name: "energy_per_token", unit: .joules),
    Metric(name: "cost_per_million_tokens", unit: .dollars),
  ]

  /// Suffixes and prefixes of the metrics that exist for every tier, link and stream.
  static let perResource: [(suffix: String, unit: Unit)] = [
    (".time_per_token", .seconds), (".bytes_per_token", .bytes), (".utilisation", .share),
    (".hit_rate", .share), (".kv_occupancy", .share), (".kv_occupancy.peak", .share),
  ]

  private static let memoryEndings = [".peak", ".prompt_peak", ".training_peak"]

  /// Whether a name is of the time that a site or an operation of the prompt takes; which there are,
  /// a method decides.
  private static func isOfPrompt(_ name: String) -> Bool {
    name.hasPrefix("prompt.") && name.hasSuffix(".time") && name.count > "prompt..time".count
  }

  /// Whether an operation of a decode step is one that a method names, so that its time is a metric.
  public static func isOfMethod(_ operation: String) -> Bool {
    ["stated.", "lookup.", "exit."].contains {
      operation.hasPrefix($0) && operation.count > $0.count
    }
  }

  /// Whether a name is of the time of an operation that a method names.
  private static func isOfOperation(_ name: String) -> Bool {
    name.hasSuffix(".time") && isOfMethod(String(name.dropLast(".time".count)))
  }

  /// The unit of a name of this form, whatever its resource; nil for a name of no form.
  public static func unit(ofForm name: String) -> Unit? {
    if let metric = fixed.first(where: { $0.name == name }) { return metric.unit }
    if name.hasPrefix("memory."), memoryEndings.contains(where: { name.hasSuffix($0) }) {
      return .bytes
    }
    if isOfPrompt(name) || isOfOperation(name) { return .seconds }
    return perResource.first { name.hasSuffix($0.suffix) }?.unit
  }

  /// All names that exist for those resources.
  public static func names(resources: [String]) -> [String] {
    fixed.map(\.name)
      + resources.flatMap { r in perResource.map { r + $0.suffix } + ["memory.\(r).peak"] }
  }
}
