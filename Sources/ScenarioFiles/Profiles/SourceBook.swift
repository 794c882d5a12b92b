import Diagnostics
import Hardware

/// The `sources` of one profile, and which of them its figures have named so far.
final class SourceBook {
  let texts: [String: String]
  private let positions: [String: SourcePosition]
  private var used: Set<String> = []

  /// Reads the map under `sources`; each value says what the source is.
  init(_ map: MapReader?) {
    var texts: [String: String] = [:]
    var positions: [String: SourcePosition] = [:]
    for key in map?.keys ?? [] {
      guard let value = map?.value(key), let text = value.text("title, address and date") else {
        continue
      }
      if text.isEmpty || key == SourceBook.sumKey {
        let mend =
          text.isEmpty
          ? "write title, address and date"
          : "'\(SourceBook.sumKey)' stands for sums over parts; choose another key"
        value.refuse(.conflict(key: value.name, found: text, mend: mend))
        continue
      }
      texts[key] = text
      positions[key] = value.position
    }
    self.texts = texts
    self.positions = positions
  }

  /// The key that the figures summed over parts carry.
  static let sumKey = "parts"

  /// The source that `value` names, marked as used. A name that is not in `sources` is a fault.
  func source(_ value: Value) -> String? {
    guard let key = value.text("a key of 'sources'") else { return nil }
    guard texts[key] != nil else {
      value.refuse(
        .unknownName(key: value.name, kind: "source", found: key, known: texts.keys.sorted()))
      return nil
    }
    used.insert(key)
    return key
  }

  func reportUnused(to faults: FaultList) {
    for (key, position) in positions where !used.contains(key) {
      faults.add(
        .conflict(
          key: "sources.\(key)", found: texts[key] ?? "",
          mend: "no figure names this source; name it or remove it"), at: position)
    }
  }
}

/// Where the figures of a group come from unless they say otherwise.
struct Origin {
  enum Source {
    /// Nothing up to here names a source: a figure must name its own.
    case none
    /// A `source` was written and is faulty; that fault is enough.
    case faulty
    case key(String)
  }
  var source: Source = .none
  var basis: Basis = .datasheet

  /// The origin for the content of `group`, from its own `source` and `basis` where it has them.
  ///
  /// A basis belongs to its source: a group that names a source of its own without a basis is of
  /// basis `datasheet`, whatever surrounds it.
  init(of group: MapReader, under outer: Origin, book: SourceBook) {
    self = outer
    if let value = group.value("source") {
      source = book.source(value).map { .key($0) } ?? .faulty
      basis = .datasheet
    }
    if let value = group.value("basis"), let stated = value.choice(Basis.self, kind: "basis") {
      basis = stated
    }
  }
  init() {}
}
