import Diagnostics
import Quantities
import Scenarios

/// A metric as a plan asks for it: one of the report's, by a shorter name where there is one, or the
/// power that follows from two of them.
public struct PlannedMetric: Sendable, Hashable {
  /// As it was written.
  public let name: String
  /// Of the report; the value is their product.
  public let metrics: [String]

  /// - Throws: `Faults` for a name of no metric's form.
  public init(_ name: String, option: String) throws(Faults) {
    self.name = name
    switch name {
    case "power": metrics = ["energy_per_token", "throughput"]
    case "cost": metrics = ["cost_per_million_tokens"]
    case "energy": metrics = ["energy_per_token"]
    case "coverage": metrics = ["coverage.attention"]
    case _ where name.hasPrefix("memory.") && Metric.unit(ofForm: name) == nil:
      metrics = [name + ".peak"]
    default: metrics = [name]
    }
    for metric in metrics where Metric.unit(ofForm: metric) == nil {
      throw Faults(
        .unknownName(
          key: option, kind: "metric", found: name,
          known: Metric.fixed.map(\.name) + ["power", "cost", "energy", "coverage"]),
        at: SourcePosition(file: option))
    }
  }

  public var isPower: Bool { metrics.count == 2 }

  /// The amount of a text in the metric's unit.
  /// - Throws: `QuantityFault` for another unit.
  func value(of text: String) throws(QuantityFault) -> Double {
    if isPower { return try Watts.parse(text).value }
    switch Metric.unit(ofForm: metrics[0]) {
    case .seconds: return try Seconds.parse(text).value
    case .bytes: return try Bytes.parse(text).value
    case .perSecond:
      if let number = number(text) { return number }
      return try PerSecond.parse(text).value
    case .joules: return try Joules.parse(text).value
    case .dollars:
      if let number = number(text) { return number }
      return try Dollars.parse(text).value
    case .share, nil:
      guard let number = number(text) else { throw .noNumber }
      return number
    }
  }

  /// A bare number.
  private func number(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
