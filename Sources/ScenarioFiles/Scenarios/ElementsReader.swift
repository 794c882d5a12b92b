import Diagnostics

extension SharedKeys {
  /// A number of elements, as `64 elements`.
  static func elements(_ value: Value?, in range: ClosedRange<Int>) -> Int? {
    guard let value, let text = value.text("a number of elements, as 64 elements") else {
      return nil
    }
    let suffix = [" elements", " element"].first { text.hasSuffix($0) }
    guard let suffix, let count = Int(text.dropLast(suffix.count)), range.contains(count) else {
      value.refuse(
        .outOfRange(
          key: value.name, found: text,
          allowed: "\(range.lowerBound) to \(range.upperBound) elements, as 64 elements"))
      return nil
    }
    return count
  }
}
