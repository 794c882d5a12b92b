import Diagnostics
import Scenarios

/// A metric of which less, or more, is better.
public struct Objective: Sendable, Hashable {
  public var metric: String
  public var isLargerBetter: Bool

  public init(metric: String, isLargerBetter: Bool) {
    self.metric = metric
    self.isLargerBetter = isLargerBetter
  }

  /// Reads `tpot`, or `batch:max` and `batch:min` where the usual sense is not meant.
  /// - Throws: `Faults` for a name of no metric's form.
  public init(parsing text: String, option: String) throws(Faults) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let place = SourcePosition(file: option)
    guard parts.count <= 2, parts.count == 1 || ["min", "max"].contains(parts[1]) else {
      throw Faults(
        .malformed(
          format: "objective", found: text, mend: "write a metric, METRIC:min or METRIC:max"),
        at: place)
    }
    guard Metric.unit(ofForm: parts[0]) != nil else {
      throw Faults(
        .unknownName(
          key: option, kind: "metric", found: parts[0], known: Metric.fixed.map(\.name)),
        at: place)
    }
    metric = parts[0]
    isLargerBetter = parts.count == 2 ? parts[1] == "max" : Self.growsBetter(parts[0])
  }

  /// Rates, shares of hits and coverage are better when larger; times, bytes, energy and cost when
  /// smaller.
  private static func growsBetter(_ metric: String) -> Bool {
    metric == "batch" || metric.hasSuffix("throughput") || metric.contains("hit_rate")
      || metric.hasPrefix("coverage.") || metric == "prefetch.accuracy"
      || ["kept", "goodput", "requests.rate", "requests.offered"].contains(metric)
  }

  /// The value so that less is better.
  func cost(_ value: Double) -> Double { isLargerBetter ? -value : value }
}
