import Diagnostics
import Quantities

/// How requests arrive whose arrivals are drawn, but for their rate.
public enum ArrivalForm: Sendable, Hashable {
  /// In equal distances.
  case constant
  /// A Poisson process.
  case poisson
  /// Gaps by a Gamma law, whose deviation is their mean times `variation`.
  case gamma(variation: Double)
  /// Gaps by a Weibull law, whose deviation is their mean times `variation`.
  case weibull(variation: Double)

  /// Names of the forms, as scenarios give them.
  public enum Name: String, Sendable, CaseIterable {
    case constant, poisson, gamma, weibull
  }

  /// Nil for a form that has a variation where none is given.
  public init?(_ name: Name, variation: Double?) {
    switch (name, variation) {
    case (.constant, _): self = .constant
    case (.poisson, _): self = .poisson
    case (.gamma, let variation?): self = .gamma(variation: variation)
    case (.weibull, let variation?): self = .weibull(variation: variation)
    case (.gamma, nil), (.weibull, nil): return nil
    }
  }

  /// - Throws: `Faults` with the keys `rate` and `variation`.
  public func gaps(_ rate: PerSecond) throws(Faults) -> GapDistribution {
    switch self {
    case .constant: try .constant(rate: rate)
    case .poisson: try .poisson(rate: rate)
    case .gamma(let variation): try .gamma(rate: rate, variation: variation)
    case .weibull(let variation): try .weibull(rate: rate, variation: variation)
    }
  }
}
