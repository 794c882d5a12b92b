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
  public var confidence: String
  /// Under which changes of the variant the value was published.
  public var overrides: Overrides
  public var note: String?
}

/// A published result that no cost model can predict, with what it can say instead.
public struct UnspokenEntry: Sendable {
  public var id: String
  public var metric: String
  public var source: String
  public var note: String
}

/// Reads the `expect:` list.
struct ExpectationReader {
  let variants: [String]
  private(set) var entries: [ExpectationEntry] = []
  private(set) var unspoken: [UnspokenEntry] = []

  init(_ value: Value?, variants: [String]) {
    self.variants = variants
    guard let items = value?.list("a list of expectations") else { return }
    for item in items {
      guard let map = item.map("a map with variant, metric, value and source") else { continue }
      read(map)
    }
  }

  private mutating func read(_ map: MapReader) {
    let speaks = map.value("speaks").map { $0.boolean() } ?? true
    if speaks == false {
      readUnspoken(map)
    } else if let entry = entry(map) {
      entries.append(entry)
    }
  }

  private mutating func readUnspoken(_ map: MapReader) {
    let id = map.required("id", "the claim's id")?.text()
    let metric = map.required("metric", "what was published, in words")?.text()
    let source = map.required("source", "where it is published")?.text()
    let note = map.required("note", "why, and what a cost model can say instead")?.text()
    for known in ["value", "confidence"] { _ = map.value(known)?.text() }
    map.finish()
    guard let id, let metric, let source, let note else { return }
    unspoken.append(UnspokenEntry(id: id, metric: metric, source: source, note: note))
  }

  private func entry(_ map: MapReader) -> ExpectationEntry? {
    let variant = map.value("variant")
    let name = variant.map { $0.text() } ?? "default"
    let against = map.value("against")
    if variant == nil, !variants.contains("default") {
      _ = map.required("variant", "one of the file's variants")
    }
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
    let confidence = map.value("confidence")?.text()
    let overrides = Overrides(Overrides.read(map.value("at")))
    let note = map.value("note")?.text()
    map.finish()
    guard let name, let metric, let value, let source else { return nil }
    return ExpectationEntry(
      id: id ?? metric, variant: name, metric: metric, value: value, against: against?.scalarText,
      use: use, within: within, source: source, confidence: confidence ?? "unstated",
      overrides: overrides, note: note)
  }
}
