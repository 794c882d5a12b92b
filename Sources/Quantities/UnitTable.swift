/// The unit names of one dimension, with the factor of each to the base unit.
public struct UnitTable: Sendable {
  /// The name of the base unit.
  public let base: String
  /// Every accepted unit, largest last, with the factor that turns it into the base unit.
  public let factors: [(name: String, factor: Double)]
  /// The units used for printing, in falling order of size.
  let printed: [(name: String, factor: Double)]

  init(base: String, _ factors: [String: Double], printed: [String]) {
    self.base = base
    self.factors = factors.map { ($0.key, $0.value) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    self.printed = printed.map { name in (name, factors[name] ?? 1) }
  }

  /// The names of all accepted units, smallest first.
  public var names: [String] { factors.map(\.name) }

  /// The factor of a unit, or nil when this dimension has no such unit.
  public func factor(of name: some StringProtocol) -> Double? {
    factors.first { $0.name == name }?.factor
  }

  /// The largest printed unit in which none of the amounts but 0 is below 1, for a column of one
  /// unit; nil where they lie more than `spread` apart, or all are 0.
  public func common(
    _ amounts: [Double], spread: Double = 1e5
  ) -> (name: String, factor: Double)? {
    let sizes = amounts.map(abs).filter { $0 > 0 && $0.isFinite }
    guard let least = sizes.min(), let most = sizes.max(), most <= least * spread else {
      return nil
    }
    return printed.first { least >= $0.factor * 0.99995 } ?? printed.last
  }

  /// An amount in the largest printed unit that leaves at least 1, with four significant digits.
  func print(_ amount: Double) -> String {
    if amount == 0 { return "0 \(printed.last?.name ?? base)" }
    let unit =
      printed.first { abs(amount) >= $0.factor * 0.99995 } ?? printed.last ?? (base, 1)
    return "\(Decimal.significant(amount / unit.factor, digits: 4)) \(unit.name)"
  }
}
