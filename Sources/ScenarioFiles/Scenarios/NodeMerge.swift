import Diagnostics
import Yams

/// Changes laid over a document: a variant over its scenario, a `--set` over both.
enum NodeMerge {
  /// `change` over `base`: maps are merged key by key, everything else is replaced.
  ///
  /// A map laid over a list changes its entries, when each of its keys is the number of one (from 0)
  /// or the `name` of one.
  static func overlay(_ change: Node, on base: Node) -> Node {
    if let changes = change.mapping, let list = base.sequence,
      let changed = overlay(changes, onEntriesOf: list)
    {
      return .sequence(changed)
    }
    guard let changes = change.mapping, var result = base.mapping else { return change }
    for (key, value) in changes {
      if let old = result[key] {
        result[key] = overlay(value, on: old)
      } else {
        result[key] = value
      }
    }
    return .mapping(result)
  }

  private static func overlay(
    _ changes: Node.Mapping, onEntriesOf list: Node.Sequence
  ) -> Node.Sequence? {
    var result = list
    for (key, value) in changes {
      guard let name = key.scalar?.string else { return nil }
      let named = list.firstIndex { $0.mapping?["name"]?.scalar?.string == name }
      guard let index = named ?? Int(name), list.indices.contains(index) else { return nil }
      result[index] = overlay(value, on: result[index])
    }
    return changes.isEmpty ? nil : result
  }

  /// Notes where every key below `node` has its value, by its dotted name.
  static func notePlaces(of node: Node, named name: String, in places: inout KeyPlaces) {
    if !name.isEmpty, let mark = node.mark {
      places.note(
        name, at: SourcePosition(file: places.file, line: mark.line, column: mark.column))
    }
    for (key, value) in node.mapping ?? [:] {
      guard let key = key.scalar?.string else { continue }
      notePlaces(of: value, named: name.isEmpty ? key : "\(name).\(key)", in: &places)
    }
  }

  /// The key that an assignment changes, without the variant that it is for.
  static func key(of assignment: String) -> String {
    let parts = assignment.prefix { $0 != "=" }.split(separator: ".")
    return parts.first == "variants" && parts.count > 2
      ? parts.dropFirst(2).joined(separator: ".") : parts.joined(separator: ".")
  }

  /// `a.b.c=value` as a nested node. The value is read as YAML, so lists and maps work too.
  /// - Throws: `Faults` that name the assignment when it has no `=` or its value is not YAML.
  static func assignment(_ text: String) throws(Faults) -> Node {
    let place = SourcePosition(file: "--set \(text)")
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Faults(
        .malformed(
          format: "assignment", found: text, mend: "write key=value, as cache.resident.budget=1GB"),
        at: place)
    }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let value = String(text[text.index(after: equals)...])
    guard !value.isEmpty, !path.contains(where: \.isEmpty) else {
      throw Faults(
        .malformed(format: "assignment", found: text, mend: "give every part of the key a name"),
        at: place)
    }
    guard path.count <= Document.depthLimit else {
      throw Faults(
        .malformed(
          format: "assignment", found: "a key of \(path.count) parts", mend: "no key is so deep"),
        at: SourcePosition(file: "--set"))
    }
    let parsed = try Document(text: value, file: place.file).root
    return path.reversed().reduce(parsed) { inner, key in
      .mapping(Node.Mapping([(Node.text(String(key)), inner)]))
    }
  }
}
