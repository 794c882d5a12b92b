import Diagnostics
import Quantities
import ScenarioFiles
import Scenarios
import Serving
import Simulation

/// Numbers that expectations are held against: of a single request or of a stream.
protocol MetricSource {
  var metricNames: [String] { get }
  func metric(_ name: String) -> Double?
}

extension Report: MetricSource {
  var metricNames: [String] { metrics.map(\.name) }
}

extension StreamReport: MetricSource {
  var metricNames: [String] { metrics.map(\.name) }
}

/// One expectation beside its prediction.
struct ExpectationOutcome: Sendable {
  enum Verdict: String, Sendable { case met, missed, calibration, listed }

  var expectation: Expectation
  var unit: Metric.Unit
  var predicted: Double
  var verdict: Verdict
  /// Signed relative error of the prediction.
  var error: Double { predicted / expectation.value - 1 }
}

/// Reads the values of expectations in the unit of their metric and compares them.
enum ExpectationCheck {
  /// What can be said before anything runs.
  /// - Throws: `Faults` for names of no metric's form and values of the wrong unit.
  static func check(_ entries: [ExpectationEntry]) throws(Faults) {
    var faults: [Fault] = []
    for entry in entries {
      guard let unit = Metric.unit(ofForm: entry.metric) else {
        faults += unknown(entry, known: Metric.fixed.map(\.name)).faults
        continue
      }
      if number(entry.value, unit: entry.against == nil ? unit : .share) == nil {
        throw Faults(entry.value.faults.all)
      }
    }
    if !faults.isEmpty { throw Faults(faults) }
  }

  private static func unknown(_ entry: ExpectationEntry, known: [String]) -> Faults {
    Faults(
      .unknownName(
        key: "\(entry.value.name)".replacing(".value", with: ".metric"), kind: "metric",
        found: entry.metric, known: known), at: entry.value.position)
  }

  /// - Parameter base: the run of `against`, which makes it a ratio.
  /// - Throws: `Faults` for metrics that do not exist and values of the wrong unit.
  static func outcome(
    _ entry: ExpectationEntry, _ report: any MetricSource, against base: (any MetricSource)?
  ) throws(Faults) -> ExpectationOutcome {
    guard let unit = Metric.unit(ofForm: entry.metric), let value = report.metric(entry.metric)
    else {
      throw unknown(entry, known: report.metricNames)
    }
    let isRatio = base != nil
    guard let expected = number(entry.value, unit: isRatio ? .share : unit) else {
      throw Faults(entry.value.faults.all)
    }
    var predicted = value
    if let base {
      guard let other = base.metric(entry.metric) else {
        throw unknown(entry, known: base.metricNames)
      }
      predicted = other / value
    }
    let expectation = Expectation(
      id: entry.id, variant: entry.variant, metric: entry.metric, value: expected,
      against: entry.against, use: entry.use, within: entry.within, source: entry.source,
      confidence: entry.confidence, note: entry.note)
    let near = abs(predicted / expected - 1) <= entry.within
    let verdict: ExpectationOutcome.Verdict =
      switch entry.use {
      case .check: near ? .met : .missed
      case .calibration: .calibration
      case .listed: .listed
      }
    return ExpectationOutcome(
      expectation: expectation, unit: isRatio ? .share : unit, predicted: predicted,
      verdict: verdict)
  }

  private static func number(_ value: Value, unit: Metric.Unit) -> Double? {
    switch unit {
    case .seconds: value.quantity(Seconds.self)?.value
    case .bytes: value.quantity(Bytes.self)?.value
    case .perSecond: value.quantity(PerSecond.self)?.value
    case .joules: value.quantity(Joules.self)?.value
    case .dollars: value.quantity(Dollars.self)?.value
    case .share: value.number(in: 1e-9...1e15)
    }
  }
}

extension Metric.Unit {
  /// A value of this unit as people read it.
  func text(_ value: Double) -> String {
    switch self {
    case .seconds: Seconds(value).description
    case .bytes: Bytes(value).description
    case .perSecond: PerSecond(value).description
    case .joules: Joules(value).description
    case .dollars: Dollars(value).description
    case .share: Decimal.significant(value, digits: 4)
    }
  }
}
