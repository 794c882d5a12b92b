import Diagnostics
import Scenarios

/// An expectation as written: its value is text until the metric, and so its unit, is known.
public struct ExpectationEntry {
  public var id: String
  public var variant: String
  public var metric: String
  public var value: Value
  public var against: String?
  public var use: Expectation.Use
  public var within: Double
  public var source: String
  public var note: String?
}

/// Reads the `expect:` list.
enum ExpectationReader {
  static func read(_ value: Value?, variants: [String]) -> [ExpectationEntry] {
    guard let items = value?.list("a list of expectations") else { return [] }
    return items.compactMap { item in
      guard let map = item.map("a map with variant, metric, value and source") else { return nil }
      return entry(map, variants: variants)
    }
  }

  private static func entry(_ map: MapReader, variants: [String]) -> ExpectationEntry? {
    let variant = map.value("variant")
    let name = variant.map { $0.text() } ?? "default"
    let against = map.value("against")
    for reference in [variant, against] {
      if let reference, let text = reference.scalarText, !variants.contains(text) {
        reference.refuse(
          .unknownName(key: reference.name, kind: "variant", found: text, known: variants))
      }
    }
    let metric = map.required("metric", "a metric's name")?.text()
    let value = map.required("value", "the published value with its unit")
    let source = map.required("source", "where the value is published")?.text()
    let use = map.value("use")?.choice(Expectation.Use.self, kind: "use") ?? .check
    let within = map.value("within")?.number(in: 0...10) ?? 0.2
    let id = map.value("id")?.text()
    let note = map.value("note")?.text()
    map.finish()
    guard let name, let metric, let value, let source else { return nil }
    return ExpectationEntry(
      id: id ?? metric, variant: name, metric: metric, value: value, against: against?.scalarText,
      use: use, within: within, source: source, note: note)
  }
}
