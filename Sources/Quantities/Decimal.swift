/// Decimal text for numbers, without Foundation: the same text on every machine.
public enum Decimal {
  /// `value` with exactly `decimals` digits after the point, halves away from zero.
  ///
  /// Valid for magnitudes below 9e15 and at most 12 decimals; larger ones print in full as
  /// Swift's shortest text.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = powerOfTen(decimals)
    let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return "\(value)" }
    let digits = UInt64(scaled)
    let whole = digits / UInt64(scale)
    let sign = value < 0 && digits != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(digits % UInt64(scale))
    let padding = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(whole).\(padding)\(fraction)"
  }

  /// `value` rounded to `digits` significant digits, without trailing zeros after the point.
  public static func significant(_ value: Double, digits: Int) -> String {
    guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
    var magnitude = 0
    var rest = abs(value)
    while rest >= 10 {
      rest /= 10
      magnitude += 1
    }
    while rest < 1 {
      rest *= 10
      magnitude -= 1
    }
    let decimals = max(0, min(12, digits - 1 - magnitude))
    var text = fixed(value, decimals: decimals)
    guard decimals > 0 else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  static func powerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}
