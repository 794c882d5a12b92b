/// Free text of claims, made comparable, and the numbers in it.
enum ClaimText {
  /// More of a text than this is not looked at: no claim needs it, and hostile ones are long.
  static let limit = 2000

  /// Lower case, with hyphens, underscores and runs of blanks as one blank each.
  static func plain(_ text: String) -> [UInt8] {
    var plain: [UInt8] = []
    for byte in text.utf8.prefix(limit) {
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "_"), 9, 10, 13, 32:
        // A hyphen before a digit and after a letter or digit joins, elsewhere too: one blank.
        if plain.last != 32 { plain.append(32) }
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): plain.append(byte + 32)
      default: plain.append(byte)
      }
    }
    while plain.last == 32 { plain.removeLast() }
    return plain.first == 32 ? [UInt8](plain.dropFirst()) : plain
  }

  /// Whether a word may begin or end at `position`: no letter or digit on both sides, and no
  /// decimal point inside of a number.
  static func isBoundary(_ text: [UInt8], _ position: Int) -> Bool {
    guard position > 0, position < text.count else { return true }
    let (before, after) = (text[position - 1], text[position])
    if isWord(before), isWord(after) { return false }
    if after == point, isDigit(before), position + 1 < text.count, isDigit(text[position + 1]) {
      return false
    }
    if before == point, isDigit(after), position > 1, isDigit(text[position - 2]) { return false }
    return true
  }

  /// Whether a number may begin at `position`: not inside of a word or another number.
  static func isNumberStart(_ text: [UInt8], _ position: Int) -> Bool {
    guard position < text.count, isDigit(text[position]) else { return false }
    guard position > 0 else { return true }
    let before = text[position - 1]
    return !isWord(before) && !(before == point && position > 1 && isDigit(text[position - 2]))
  }

  /// The number at `position` and where it ends. `128k` is 131,072 and `100k` is 100,000: a count of
  /// thousands that is a power of two, or three times one, is taken in steps of 1,024, as sizes of
  /// contexts are written. `1m` is a million, `2b` two thousand millions.
  static func number(_ text: [UInt8], at position: Int) -> (value: Double, end: Int)? {
    var end = position
    while end < text.count, isDigit(text[end]) { end += 1 }
    if end + 1 < text.count, text[end] == point, isDigit(text[end + 1]) {
      end += 1
      while end < text.count, isDigit(text[end]) { end += 1 }
    }
    guard end > position,
      let value = Double(String(decoding: text[position..<end], as: UTF8.self)), value.isFinite
    else { return nil }
    guard end < text.count, end + 1 >= text.count || !isWord(text[end + 1]) else {
      return (value, end)
    }
    switch text[end] {
    case UInt8(ascii: "k"): return (value * (isBinary(value) ? 1024 : 1000), end + 1)
    case UInt8(ascii: "m"): return (value * 1e6, end + 1)
    case UInt8(ascii: "b"): return (value * 1e9, end + 1)
    default: return (value, end)
    }
  }

  /// The amount that a text states: `0.25`, `1/16`, `5%`, the middle of `0.22-0.40`, the first number
  /// of anything else; nil when there is no number.
  static func amount(_ text: String) -> Double? {
    if let value = Double(text), value.isFinite { return value }
    let plain = plain(text)
    guard let start = plain.indices.first(where: { isNumberStart(plain, $0) }),
      let first = number(plain, at: start)
    else { return nil }
    func next(after mark: UInt8) -> Double? {
      let at = first.end + 1
      guard first.end < plain.count, plain[first.end] == mark, isNumberStart(plain, at) else {
        return nil
      }
      return number(plain, at: at)?.value
    }
    if let below = next(after: UInt8(ascii: "/")), below > 0 { return first.value / below }
    // A range is written with a hyphen, which is a blank by now.
    if text.contains("-"), let other = next(after: 32), other > first.value {
      return (first.value + other) / 2
    }
    let isPercent = first.end < plain.count && plain[first.end] == UInt8(ascii: "%")
    return isPercent ? first.value / 100 : first.value
  }

  private static func isBinary(_ value: Double) -> Bool {
    guard value == value.rounded(), value >= 1, value < 1e6 else { return false }
    var odd = Int(value)
    while odd % 2 == 0 { odd /= 2 }
    return odd == 1 || odd == 3
  }

  private static let point = UInt8(ascii: ".")
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte >= 97 && byte <= 122)
  }
}
