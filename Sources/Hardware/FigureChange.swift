import Quantities

/// A figure of a profile that a scenario gives another value, to ask what a machine with it would do.
///
/// Kernels' coefficients stay those of the device: shares of its peaks, whatever these are.
public struct FigureChange: Sendable, Hashable {
  public enum Amount: Sendable, Hashable {
    case capacity(Bytes)
    case bandwidth(BytesPerSecond)
    case writeBandwidth(BytesPerSecond)
    case latency(Seconds)
    case idle(Watts)
    case limit(Watts)
    case rent(DollarsPerSecond)
    case purchase(Dollars)
  }

  /// The tier or link, or `power` or `price`.
  public var part: String
  public var amount: Amount

  public init(_ amount: Amount, of part: String) {
    self.amount = amount
    self.part = part
  }
}

extension Profile {
  /// Changes a figure; a price is added where there is none.
  /// - Returns: false where no part of that name has such a figure.
  public mutating func apply(_ change: FigureChange) -> Bool {
    let link = links.firstIndex { $0.name == change.part }
    let tier = tiers.firstIndex { $0.name == change.part }
    switch (change.amount, link, tier) {
    case (.bandwidth(let rate), let link?, _): links[link].bandwidth = Self.stated(rate)
    case (.latency(let delay), let link?, _): links[link].latency = Self.stated(delay)
    case (.bandwidth(let rate), _, let tier?): tiers[tier].bandwidth = Self.stated(rate)
    case (.latency(let delay), _, let tier?): tiers[tier].latency = Self.stated(delay)
    case (.capacity(let size), _, let tier?): tiers[tier].capacity = Self.stated(size)
    case (.writeBandwidth(let rate), _, let tier?):
      tiers[tier].writeBandwidth = Self.stated(rate)
    case (.idle(let watts), _, _):
      guard power != nil else { return false }
      power?.idle = Self.stated(watts)
    case (.limit(let watts), _, _):
      guard let sustained = power?.sustained else {
        power?.limit = Self.stated(watts)
        return power != nil
      }
      power?.limit = Self.stated(watts)
      if sustained.value > watts { power?.sustained = nil }
    case (.rent(let rate), _, _):
      price = Price(purchase: price?.purchase, rent: Self.stated(rate))
    case (.purchase(let sum), _, _):
      price = Price(purchase: Self.stated(sum), rent: price?.rent)
    default: return false
    }
    return true
  }

  /// What a scenario says has no source.
  private static func stated<Value>(_ value: Value) -> Figure<Value> {
    Figure(value, source: "the scenario", basis: .recalled)
  }
}
