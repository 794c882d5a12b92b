import Diagnostics
import Quantities
import Yams

/// How a number or text of a claim becomes the value of scenario keys: `plus + times * x`, or
/// `plus + times / x`, with a unit behind it.
struct ClaimKnob {
  var keys: [String]
  var times: Double
  var plus: Double
  var isInverse: Bool
  var isWhole: Bool
  var unit: String?
  /// Whether the text itself is the value.
  var asText: Bool
  /// The side whose scenario has the key; nil for both.
  var side: Claim.Side?

  /// The value of its keys; nil where the claim's text has no number, or none that can be.
  func value(_ number: Double?, text: String?) -> Node? {
    if asText { return text.map { Node($0, Tag(.implicit, .basic), .doubleQuoted) } }
    guard let number = number ?? text.flatMap({ ClaimText.amount($0) }) else { return nil }
    guard !isInverse || number != 0 else { return nil }
    let value = plus + times * (isInverse ? 1 / number : number)
    guard value.isFinite, abs(value) <= 1e15 else { return nil }
    let written = isWhole ? "\(Int(value.rounded()))" : Decimal.significant(value, digits: 12)
    return Node.text(unit.map { "\(written) \($0)" } ?? written)
  }

  static func read(_ value: Value, side: Claim.Side?) -> [ClaimKnob] {
    let items = value.isList ? value.list() ?? [] : [value]
    return items.compactMap { item in
      guard let map = item.map("a map with the key that it sets") else { return nil }
      let knob = knob(map, side: side)
      map.finish()
      return knob
    }
  }

  private enum SideName: String, CaseIterable { case both, method, baseline }

  private static func knob(_ map: MapReader, side: Claim.Side?) -> ClaimKnob? {
    var keys: [String] = []
    if let set = map.required("set", "the scenario's key") {
      let items = set.isList ? set.list() ?? [] : [set]
      keys = items.compactMap { $0.text() }
    }
    let times = map.value("times").map { $0.number(in: -1e12...1e12) } ?? 1
    let plus = map.value("plus").map { $0.number(in: -1e12...1e12) } ?? 0
    let inverse = map.value("inverse").map { $0.boolean() } ?? false
    let whole = map.value("whole").map { $0.boolean() } ?? false
    let unit = map.value("unit")?.text()
    let text = map.value("text").map { $0.boolean() } ?? false
    var side = side
    if let named = map.value("side")?.choice(SideName.self, kind: "side") {
      side = Claim.Side(rawValue: named.rawValue)
    }
    guard let times, let plus, let inverse, let whole, let text, !keys.isEmpty else { return nil }
    return ClaimKnob(
      keys: keys, times: times, plus: plus, isInverse: inverse, isWhole: whole, unit: unit,
      asText: text, side: side)
  }
}
