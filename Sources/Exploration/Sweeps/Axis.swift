import Diagnostics
import Quantities

/// One key of a scenario and the values that a sweep gives it, as texts that the scenario's reader
/// takes.
public struct Axis: Sendable, Hashable {
  /// Dotted, as for `--set`: `workload.batch`, `attention.reads.attend.tokens.keep`; `variant` is the
  /// variant of the file.
  public var key: String
  public var values: [String]

  /// The most values of one axis.
  public static let limit = 1_000_000

  public init(key: String, values: [String]) {
    self.key = key
    self.values = values
  }

  /// Reads `key=a,b,c`, `key=lo..hi:step`, `key=lo..hi*factor` or `key=lo..hi@count`, the last with
  /// so many values evenly spaced in their logarithm.
  ///
  /// Both ends of a range have the same unit. An end that no step reaches is left out. A range of
  /// whole numbers has whole values: others are rounded, and equal ones given once.
  /// - Throws: `Faults` that name the axis.
  public init(parsing text: String) throws(Faults) {
    let place = SourcePosition(file: "--vary \(text)")
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Faults(
        .malformed(
          format: "axis", found: text,
          mend: "write key=a,b,c or key=lo..hi:step, as workload.batch=1,2,4"), at: place)
    }
    key = String(text[..<equals])
    let list = String(text[text.index(after: equals)...])
    guard !key.split(separator: ".", omittingEmptySubsequences: false).contains(where: \.isEmpty)
    else {
      throw Faults(
        .malformed(format: "axis", found: text, mend: "give every part of the key a name"),
        at: place)
    }
    values = try ValueRange(list, place: place)?.values() ?? Self.items(of: list)
    guard !values.isEmpty, !values.contains(where: \.isEmpty) else {
      throw Faults(
        .malformed(format: "axis", found: text, mend: "give values, set apart by commas"),
        at: place)
    }
    var seen: Set<String> = []
    for value in values where !seen.insert(value).inserted {
      throw Faults(
        .conflict(key: key, found: value, mend: "it is given twice; leave one out"), at: place)
    }
  }

  /// Parts at commas outside of brackets and quotes.
  private static func items(of text: String) -> [String] {
    var items: [String] = []
    var item = ""
    var depth = 0
    var quote: Character?
    for letter in text {
      if let open = quote {
        if letter == open { quote = nil }
      } else if letter == "\"" || letter == "'" {
        quote = letter
      } else if "[{(".contains(letter) {
        depth += 1
      } else if "]})".contains(letter) {
        depth -= 1
      } else if letter == ",", depth == 0 {
        items.append(item.trimmed)
        item = ""
        continue
      }
      item.append(letter)
    }
    items.append(item.trimmed)
    return items
  }

  /// The values as numbers, where each is one, with a unit or without; else nil.
  public var numbers: [Double]? {
    var numbers: [Double] = []
    for value in values {
      guard let number = ValueRange.number(value) else { return nil }
      guard number.unit == ValueRange.number(values[0])?.unit else { return nil }
      numbers.append(number.value)
    }
    return numbers
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
