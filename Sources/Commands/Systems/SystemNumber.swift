import Quantities
import ScenarioFiles
import Scenarios

/// Numbers of claims as the table shows them.
enum SystemNumber {
  static func text(_ value: Double) -> String { Decimal.significant(value, digits: 4) }
}

extension Metric.Unit {
  /// Whether a claim's values can be amounts of this unit.
  func takes(_ kind: ClaimUnit.Kind) -> Bool {
    switch kind {
    case .seconds: self == .seconds
    case .bytes: self == .bytes
    case .perSecond: self == .perSecond
    case .joules: self == .joules
    case .dollars: self == .dollars
    case .share: self == .share
    case .ratio, .relative: true
    }
  }

  /// Whether more of it is the better side of a comparison.
  var isLargerBetter: Bool { self == .perSecond || self == .share }
}
