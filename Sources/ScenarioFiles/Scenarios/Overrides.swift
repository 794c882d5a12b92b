import Diagnostics
import Yams

/// Changes of single keys, laid over a variant for one expectation or claim.
///
/// A key is written with dots, as for `--set`; an entry of a list is named by its number from 0, or by
/// its `name`.
public struct Overrides {
  var entries: [(key: String, value: Node)]

  init(_ entries: [(key: String, value: Node)] = []) { self.entries = entries }

  /// Changes from keys and values that were written as for `--set`.
  /// - Throws: `Faults` that name the assignment when its value is not YAML.
  public init(_ assignments: [(key: String, value: String)]) throws(Faults) {
    entries = []
    for (key, value) in assignments {
      guard key.split(separator: ".").count <= Document.depthLimit else {
        throw Faults(
          .malformed(
            format: "key", found: "\(key.prefix(40))…", mend: "no key has so many parts"),
          at: SourcePosition(file: "the key"))
      }
      entries.append((key, try Document(text: value, file: "\(key)=\(value)").root))
    }
  }

  public static var none: Overrides { Overrides() }
  public var isEmpty: Bool { entries.isEmpty }

  /// Equal texts are equal changes.
  public var text: String {
    entries.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.text($0.value))" }
      .joined(separator: ", ")
  }

  /// The entries of a map of dotted keys; what is wrong in them is found when they are laid over.
  static func read(_ value: Value?) -> [(key: String, value: Node)] {
    guard let value, let map = value.map("a map of keys to values") else { return [] }
    var entries: [(key: String, value: Node)] = []
    for (key, node) in map.mapping {
      guard let text = key.scalar?.string else { continue }
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      if parts.contains(where: \.isEmpty) || parts.count > Document.depthLimit {
        value.refuse(
          .malformed(
            format: "key", found: text, mend: "write it with dots, as workload.prompt"))
      } else {
        entries.append((text, node))
      }
    }
    return entries
  }

  /// Sets a key, unless it is set already.
  mutating func add(_ key: String, _ value: Node) {
    if !entries.contains(where: { $0.key == key }) { entries.append((key, value)) }
  }

  /// The changes as maps within maps, to be laid over a scenario one after another.
  var nodes: [Node] {
    entries.map { entry in
      entry.key.split(separator: ".").reversed().reduce(entry.value) { inner, key in
        // The place of the value, so that a key that nobody knows is reported where it stands.
        let name = Node.scalar(.init(String(key), .implicit, .any, entry.value.mark))
        return .mapping(Node.Mapping([(name, inner)], .implicit, .any, entry.value.mark))
      }
    }
  }

  private static func text(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string
    case .mapping(let mapping):
      "{" + mapping.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
    case .sequence(let sequence):
      "[" + sequence.map { text($0) }.joined(separator: ", ") + "]"
    case .alias: "an alias"
    }
  }
}
