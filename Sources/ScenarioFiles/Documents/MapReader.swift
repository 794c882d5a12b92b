import Diagnostics
import Quantities
import Yams

/// Reads one mapping strictly: each getter consumes its key, records what is wrong and returns nil
/// for a value that cannot be used; `finish` reports the keys that nobody asked for.
///
/// A nil from an optional getter means that the key is absent or faulty. Faults are collected, so
/// that a user sees all of them at once; the caller must end with `faults.throwIfAny()` before
/// building anything from the values.
public final class MapReader {
  let mapping: Node.Mapping
  /// The dotted path of this mapping from the top of the file, empty at the top.
  public let path: String
  public let position: SourcePosition
  public let faults: FaultList
  /// The values by the text of their keys, however YAML would type it: `2:4` and `"2:4"` are one.
  private let values: [String: Node]
  private var asked: [String] = []

  init(mapping: Node.Mapping, path: String, position: SourcePosition, faults: FaultList) {
    self.mapping = mapping
    self.path = path
    self.position = position
    self.faults = faults
    var values: [String: Node] = [:]
    for (key, value) in mapping {
      guard let text = key.scalar?.string else { continue }
      if values.updateValue(value, forKey: text) != nil {
        faults.add(
          .duplicateKey(path.isEmpty ? text : "\(path).\(text)"),
          at: SourcePosition(
            file: position.file, line: key.mark?.line ?? position.line,
            column: key.mark?.column ?? 0))
      }
    }
    self.values = values
    if mapping.anchor != nil { refuseAnchor(at: position) }
  }

  /// The keys of this mapping, in file order. A key that is not text is a fault.
  public var keys: [String] {
    mapping.keys.compactMap { node in
      if let key = node.scalar?.string { return key }
      faults.add(
        .wrongKind(key: name(of: "a key"), found: Value.kind(of: node), expected: "text"),
        at: place(of: node))
      return nil
    }
  }

  public func contains(_ key: String) -> Bool { values[key] != nil }

  /// The value under `key`, if present.
  public func value(_ key: String) -> Value? {
    asked.append(key)
    guard let node = values[key] else { return nil }
    let place = place(of: node)
    if node.anchor != nil { refuseAnchor(at: place) }
    return Value(node: node, name: name(of: key), position: place, faults: faults)
  }

  /// The value under `key`; its absence is a fault.
  public func required(_ key: String, _ expected: String) -> Value? {
    if let value = value(key) { return value }
    faults.add(.missingKey(name(of: key), expected: expected), at: position)
    return nil
  }

  /// Reports every key that no getter asked for, with the nearest known name.
  public func finish() {
    for node in mapping.keys {
      guard let key = node.scalar?.string, !asked.contains(key) else { continue }
      faults.add(
        .unknownKey(name(of: key), known: asked.map { name(of: $0) }), at: place(of: node))
    }
  }

  /// The name of `key` as a user writes it: the dotted path from the top.
  public func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func place(of node: Node) -> SourcePosition {
    SourcePosition(
      file: position.file, line: node.mark?.line ?? position.line, column: node.mark?.column ?? 0)
  }

  private func refuseAnchor(at place: SourcePosition) {
    faults.add(
      .malformed(
        format: "YAML for this file", found: "an anchor (&name)", mend: "write the value out"),
      at: place)
  }
}
