/// Why a text is not an amount of some dimension.
public enum QuantityFault: Error, Equatable, Sendable {
  /// There is no number at the start, or it is not finite.
  case noNumber
  /// A bare number: the unit is missing.
  case noUnit
  /// The unit is not one of this dimension's.
  case unknownUnit(String)
}

extension Quantity {
  /// Reads `"80 GB"`, `"2.5e12 B/s"`, `"0.5 ms"`: a decimal number, optional blanks, one unit.
  ///
  /// A bare `0` needs no unit. Accepts no sign words, no digit separators, no NaN or infinity.
  /// - Throws: `QuantityFault` with what is wrong.
  public static func parse(_ text: some StringProtocol) throws(QuantityFault) -> Self {
    let trimmed = text.drop { $0 == " " }
    let end = Decimal.endOfNumber(trimmed)
    guard end != trimmed.startIndex, let number = Double(String(trimmed[..<end])),
      number.isFinite
    else { throw .noNumber }
    var unit = String(trimmed[end...].drop { $0 == " " })
    while unit.last == " " { unit.removeLast() }
    if unit.isEmpty {
      guard number == 0 else { throw .noUnit }
      return Self(0)
    }
    guard let factor = units.factor(of: unit) else { throw .unknownUnit(unit) }
    let amount = number * factor
    guard amount.isFinite else { throw .noNumber }
    return Self(amount)
  }
}

extension Decimal {
  /// Where the leading decimal number of `text` ends: sign, digits, point, exponent.
  ///
  /// An `e` counts as an exponent only when digits follow, so that `5 events` keeps its unit.
  static func endOfNumber(_ text: some StringProtocol) -> String.Index {
    var index = text.startIndex
    func isDigit(_ i: String.Index) -> Bool {
      i < text.endIndex && ("0"..."9").contains(text[i])
    }
    if index < text.endIndex, text[index] == "-" || text[index] == "+" {
      index = text.index(after: index)
    }
    let firstDigit = index
    while isDigit(index) { index = text.index(after: index) }
    if index < text.endIndex, text[index] == ".", isDigit(text.index(after: index)) {
      index = text.index(after: index)
      while isDigit(index) { index = text.index(after: index) }
    }
    guard index != firstDigit else { return text.startIndex }
    if index < text.endIndex, text[index] == "e" || text[index] == "E" {
      var probe = text.index(after: index)
      if probe < text.endIndex, text[probe] == "-" || text[probe] == "+" {
        probe = text.index(after: probe)
      }
      if isDigit(probe) {
        while isDigit(probe) { probe = text.index(after: probe) }
        index = probe
      }
    }
    return index
  }
}
