import Diagnostics
import Hardware
import Quantities

/// Reads the points of curves, which `Curve` takes only sorted and positive.
enum CurveReader {
  /// A list of `[size, share]` with rising sizes and shares over 0 and at most 1.
  static func curve(_ value: Value) -> Curve? {
    points(value, of: "[size, share]") { pair in
      guard let size: Bytes = pair[0].quantity(in: Limits.size), let share = share(pair[1])
      else { return nil }
      return Point(size: size.value, text: "\(size)", amount: share)
    }
  }

  /// A list of `[count, time]` with rising counts: what a count adds to a fixed time.
  static func added(_ value: Value) -> Curve? {
    points(value, of: "[count, time]") { pair in
      guard let count = pair[0].integer(in: Limits.count),
        let time: Seconds = pair[1].quantity(in: Limits.delay)
      else { return nil }
      return Point(size: Double(count), text: "\(count)", amount: time.value)
    }
  }

  private struct Point {
    var size: Double
    var text: String
    var amount: Double
  }

  private static func points(
    _ value: Value, of words: String, _ read: ([Value]) -> Point?
  ) -> Curve? {
    guard let items = value.list("a list of \(words)") else { return nil }
    guard !items.isEmpty else {
      value.refuse(.wrongKind(key: value.name, found: "an empty list", expected: "points"))
      return nil
    }
    var sizes: [Double] = []
    var amounts: [Double] = []
    for item in items {
      guard let pair = item.list("a pair \(words)") else { continue }
      guard pair.count == 2 else {
        item.refuse(
          .wrongKind(
            key: item.name, found: "a list of \(pair.count)", expected: "a pair \(words)"))
        continue
      }
      guard let point = read(pair) else { continue }
      if let last = sizes.last, point.size <= last {
        pair[0].refuse(
          .conflict(
            key: pair[0].name, found: point.text,
            mend: "sort the points by rising size, each size once"))
        continue
      }
      sizes.append(point.size)
      amounts.append(point.amount)
    }
    guard sizes.count == items.count else { return nil }
    return Curve(sizes: sizes, values: amounts)
  }

  /// A share of a peak: over 0 and at most 1.
  static func share(_ value: Value) -> Double? {
    guard let share = value.number(in: -.greatestFiniteMagnitude ... .greatestFiniteMagnitude)
    else { return nil }
    guard share > 0, share <= 1 else {
      value.refuse(
        .outOfRange(
          key: value.name, found: value.scalarText ?? "\(share)",
          allowed: "a share of the peak, over 0 and at most 1"))
      return nil
    }
    return share
  }
}

/// What is believable for a device; beyond it a slip of a unit is more likely.
enum Limits {
  static let size = Bytes(1)...Bytes(1e18)
  static let rate = BytesPerSecond(1e3)...BytesPerSecond(1e15)
  static let arithmetic = FlopsPerSecond(1e6)...FlopsPerSecond(1e18)
  static let clock = PerSecond(1e6)...PerSecond(1e11)
  static let delay = Seconds(0)...Seconds(1)
  static let power = Watts(0)...Watts(1e7)
  static let energyPerByte = JoulesPerByte(0)...JoulesPerByte(1e-6)
  static let energyPerFlop = JoulesPerFlop(0)...JoulesPerFlop(1e-6)
  static let purchase = Dollars(0)...Dollars(1e9)
  static let rent = DollarsPerSecond(0)...DollarsPerSecond(1e3)
  static let count = 1...10_000_000
}
