import Diagnostics
import Quantities
import Scenarios

/// A metric as a plan asks for it: one of the report's, by a shorter name where there is one, what
/// follows from two of them, or the tail of a plan's playback.
public struct PlannedMetric: Sendable, Hashable {
  /// As it was written.
  public let name: String
  /// Of the report; the value is their product, times `factor`.
  public let metrics: [String]
  let factor: Double
  /// Whether playback alone tells: the time that 99 of 100 decode steps of a point stay below. The
  /// mean step, which `metrics` then names, is where it is looked for.
  public let isPlayed: Bool
  /// Whether as many devices do or take as many times as much.
  public let countsDevices: Bool

  /// The key of a plan that says how many devices serve side by side.
  public static let devices = "devices"

  /// - Throws: `Faults` for a name of no metric's form.
  public init(_ name: String, option: String) throws(Faults) {
    self.name = name
    isPlayed = name == "p99.tpot"
    factor = name == "cost_per_hour" ? 3600e-6 : 1
    countsDevices = ["power", "cost_per_hour", "throughput", "request.throughput"].contains(name)
    switch name {
    case "p99.tpot": metrics = ["tpot"]
    case "power": metrics = ["energy_per_token", "throughput"]
    case "cost_per_hour": metrics = ["cost_per_million_tokens", "throughput"]
    case "cost": metrics = ["cost_per_million_tokens"]
    case "energy": metrics = ["energy_per_token"]
    case "coverage": metrics = ["coverage.attention"]
    case "workload.rate": metrics = ["requests.offered"]
    case _ where name.hasPrefix("memory.") && Metric.unit(ofForm: name) == nil:
      metrics = [name + ".peak"]
    default: metrics = [name]
    }
    for metric in metrics where Metric.unit(ofForm: metric) == nil {
      throw Faults(
        .unknownName(
          key: option, kind: "metric", found: name,
          known: Metric.fixed.map(\.name)
            + [
              "power", "cost", "cost_per_hour", "energy", "coverage", "p99.tpot", "workload.rate",
            ]),
        at: SourcePosition(file: option))
    }
  }

  public var isPower: Bool { name == "power" }
  /// Whether it is in dollars an hour.
  public var isHourly: Bool { name == "cost_per_hour" }

  /// - Parameters:
  ///   - parts: the values of `metrics`.
  ///   - devices: how many serve side by side.
  public func value(_ parts: [Double], devices: Double = 1) -> Double {
    parts.reduce(countsDevices ? factor * devices : factor, *)
  }

  /// The amount of a text in the metric's unit.
  /// - Throws: `QuantityFault` for another unit.
  func value(of text: String) throws(QuantityFault) -> Double {
    if isPower { return try Watts.parse(text).value }
    if isHourly {
      if let number = number(text) { return number }
      return try DollarsPerSecond.parse(text).value * 3600
    }
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
