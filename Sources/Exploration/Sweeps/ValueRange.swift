import Diagnostics
import Quantities

/// Values between two ends: `1GB..64GB*2`, `0.1..0.9:0.1`, `16..4096@9`.
struct ValueRange {
  private enum Spacing {
    case step(Double)
    case factor(Double)
    case count(Int)
  }

  private let low: Double
  private let high: Double
  private let unit: String
  private let isWhole: Bool
  private let spacing: Spacing
  private let text: String
  private let place: SourcePosition

  /// Nil for a text that is no range with a spacing, such as a list or a range of layers.
  /// - Throws: `Faults` for ends or a spacing that give no values.
  init?(_ text: String, place: SourcePosition) throws(Faults) {
    guard let dots = text.range(of: "..") else { return nil }
    let rest = text[dots.upperBound...]
    guard let mark = rest.lastIndex(where: { ":*@".contains($0) }),
      let low = Self.number(String(text[..<dots.lowerBound])),
      let high = Self.number(String(rest[..<mark])),
      let by = Self.number(String(rest[rest.index(after: mark)...]))
    else { return nil }
    (self.text, self.place) = (text, place)
    (self.low, self.high) = (low.value, high.value)
    unit = high.unit
    func refuse(_ mend: String) -> Faults {
      Faults(.malformed(format: "range", found: text, mend: mend), at: place)
    }
    guard low.unit.isEmpty || low.unit == high.unit else {
      throw refuse("give both ends the same unit")
    }
    guard low.value <= high.value else { throw refuse("the first end is the smaller one") }
    // Sizes are whole where their ends are; a rate of 1 to 16 a second may be any in between.
    isWhole =
      low.isWhole && high.isWhole && (rest[mark] != ":" || by.isWhole)
      && !high.unit.hasSuffix("/s")
    switch rest[mark] {
    case ":":
      guard by.value > 0, by.unit.isEmpty || by.unit == high.unit else {
        throw refuse("a step is above 0, in the unit of the ends")
      }
      spacing = .step(by.value)
    case "*":
      guard by.value > 1, by.unit.isEmpty, low.value > 0 else {
        throw refuse("a factor is above 1, and so is what it multiplies above 0")
      }
      spacing = .factor(by.value)
    default:
      guard by.isWhole, by.unit.isEmpty, (2...Double(Axis.limit)).contains(by.value),
        low.value > 0, high.value > low.value
      else { throw refuse("ask for 2 values or more, between two different ends above 0") }
      spacing = .count(Int(by.value))
    }
  }

  /// - Throws: `Faults` where there are more than `Axis.limit`.
  func values() throws(Faults) -> [String] {
    let count: Double =
      switch spacing {
      case .step(let step): ((high - low) / step + Self.slack).rounded(.down) + 1
      case .factor(let factor):
        (Elementary.logarithm(high / low) / Elementary.logarithm(factor) + Self.slack).rounded(
          .down) + 1
      case .count(let count): Double(count)
      }
    guard count <= Double(Axis.limit) else {
      throw Faults(
        .outOfRange(key: "--vary", found: text, allowed: "at most \(Axis.limit) values of a key"),
        at: place)
    }
    var values: [String] = []
    for place in 0..<Int(count) {
      let value = Self.text(number(place, of: count), isWhole: isWhole, unit: unit)
      // Whole values that are close together round to the same one.
      if values.last != value { values.append(value) }
    }
    return values
  }

  /// Part of a step by which an end may be missed.
  private static let slack = 1e-9

  private func number(_ place: Int, of count: Double) -> Double {
    switch spacing {
    case .step(let step): return low + Double(place) * step
    case .factor(let factor):
      var value = low
      for _ in 0..<place { value *= factor }
      return min(value, high)
    case .count:
      if Double(place) == count - 1 { return high }
      let share = Double(place) / (count - 1)
      return low * Elementary.exponential(share * Elementary.logarithm(high / low))
    }
  }

  private static func text(_ value: Double, isWhole: Bool, unit: String) -> String {
    let number =
      isWhole && abs(value) < 9e15
      ? "\(Int(value.rounded()))" : Decimal.significant(value, digits: 12)
    return number + unit
  }

  /// A number with what follows it; nil for a text that does not begin with one.
  static func number(_ text: String) -> (value: Double, unit: String, isWhole: Bool)? {
    var digits = text.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    // A unit may begin with an e.
    while let last = digits.last, !last.isNumber, last != "." { digits.removeLast() }
    guard let value = Double(digits), value.isFinite else { return nil }
    let unit = text[digits.endIndex...]
    guard unit.allSatisfy({ $0.isLetter || $0 == " " || $0 == "/" || $0 == "%" }) else {
      return nil
    }
    return (value, String(unit), Int(digits) != nil)
  }
}

extension String {
  /// The first place of a text in this one.
  fileprivate func range(of text: String) -> Range<Index>? {
    var place = startIndex
    while place < endIndex {
      if self[place...].hasPrefix(text) {
        return place..<(index(place, offsetBy: text.count))
      }
      place = index(after: place)
    }
    return nil
  }
}
