import Diagnostics
import Yams

/// A file of published systems and their claims: a JSON (or YAML) list of maps with `system` and
/// `claims`. Keys that a comparison does not need are for readers; those that it needs are read
/// strictly.
public enum ClaimFile {
  /// - Throws: `Faults` with file, line and key for everything that is not of this form.
  public static func read(contentsOf file: String) throws(Faults) -> [Claim] {
    try read(Document(contentsOf: file))
  }

  public static func read(text: String, file: String) throws(Faults) -> [Claim] {
    try read(Document(text: text, file: file))
  }

  private static func read(_ document: Document) throws(Faults) -> [Claim] {
    let top = Value(
      node: document.root, name: "the file",
      position: SourcePosition(file: document.file, line: 1), faults: document.faults)
    var claims: [Claim] = []
    var ids: Set<String> = []
    for item in top.list("a list of systems") ?? [] {
      guard let map = item.map("a map with system and claims"),
        let system = map.required("system", "the system's name")?.text()
      else { continue }
      for value in map.required("claims", "a list of claims")?.list("a list of claims") ?? [] {
        guard let claim = claim(value, of: system) else { continue }
        if !ids.insert(claim.id).inserted { value.refuse(.duplicateKey(claim.id)) }
        claims.append(claim)
      }
    }
    try document.faults.throwIfAny()
    return claims
  }

  private static func claim(_ value: Value, of system: String) -> Claim? {
    guard let map = value.map("a map with id, metric and values") else { return nil }
    let id = map.required("id", "the claim's id")?.text()
    let metric = map.required("metric", "what was measured")?.text()
    let confidence = text(map.value("confidence")) ?? "unstated"
    var texts: [Claim.Field: String] = [:]
    for field in Claim.Field.allCases where field != .sparsity && field != .batch {
      texts[field] = text(map.value(field.rawValue))
    }
    let batch = map.value("batch")
    var batches: [Claim.Side: Double] = [:]
    if let batch, batch.isMap {
      let sides = batch.map()
      for side in Claim.Side.allCases { batches[side] = number(sides?.value(side.rawValue)) }
    } else {
      texts[.batch] = text(batch)
    }
    var sparsity: [(key: String, text: String)] = []
    if let value = map.value("sparsity"), !value.isNull {
      _ = value.map("a map of what is sparse")
      flatten(value.node, "", into: &sparsity, depth: 0)
    }
    texts[.sparsity] = sparsity.map { "\($0.key): \($0.text)" }.joined(separator: "; ")
    var values: [Claim.Side: Double] = [:]
    values[.baseline] = number(map.value("baseline_value"))
    values[.method] = number(map.value("method_value"))
    let ratio = number(map.value("ratio"))
    let output = number(map.value("output_len"))
    guard let id, let metric, !metric.isEmpty else { return nil }
    return Claim(
      system: system, id: id, confidence: confidence, texts: texts, sparsity: sparsity,
      batches: batches, values: values, ratio: ratio, outputLength: output,
      position: value.position)
  }

  /// The text of a text or number; nil for what is missing or null.
  private static func text(_ value: Value?) -> String? {
    guard let value, !value.isNull else { return nil }
    return value.text()
  }

  /// A number of any size that a ratio or an amount may have; nil for what is missing or null.
  private static func number(_ value: Value?) -> Double? {
    guard let value, !value.isNull else { return nil }
    return value.number(in: 0...1e18)
  }

  private static func flatten(
    _ node: Node, _ name: String, into entries: inout [(key: String, text: String)], depth: Int
  ) {
    if let mapping = node.mapping, depth < 4 {
      for (key, value) in mapping {
        guard let key = key.scalar?.string else { continue }
        flatten(value, name.isEmpty ? key : "\(name).\(key)", into: &entries, depth: depth + 1)
      }
    } else if let text = node.scalar?.string, !name.isEmpty {
      entries.append((name, text))
    }
  }
}
