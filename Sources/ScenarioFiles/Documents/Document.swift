import Diagnostics
import Foundation
import Yams

/// A YAML (or JSON) file read strictly, with a position for every value.
///
/// JSON is read as the subset of YAML that it is. Anchors, aliases, several documents in one file,
/// duplicate keys, deep nesting and files over `sizeLimit` are refused, because they have no use
/// here and hostile files are made of them.
public struct Document {
  /// Scenario, profile and model files are small; anything larger is not one of them.
  public static let sizeLimit = 4 << 20
  static let depthLimit = 48

  let root: Node
  public let file: String
  public let faults: FaultList

  /// Reads and parses `file`.
  /// - Throws: `Faults` with the reason and, for syntax, the position.
  public init(contentsOf file: String) throws(Faults) {
    let bytes = try FileBytes.read(file, limit: Document.sizeLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Faults(
        .malformed(format: "UTF-8", found: "bytes that are not text", mend: "save it as UTF-8"),
        at: SourcePosition(file: file))
    }
    try self.init(text: text, file: file)
  }

  /// Parses `text`; `file` is the name that its errors carry.
  public init(text: String, file: String) throws(Faults) {
    self.file = file
    faults = FaultList()
    if let line = Nesting.firstLine(of: text, deeperThan: Document.depthLimit) {
      throw Faults(
        .malformed(
          format: "YAML", found: "nesting deeper than \(Document.depthLimit) levels",
          mend: "flatten it"), at: SourcePosition(file: file, line: line))
    }
    if let place = Anchors.first(in: text) {
      throw Faults(
        .malformed(
          format: "YAML for this file", found: "an anchor or alias (&name, *name)",
          mend: "write the value out, or quote the text"),
        at: SourcePosition(file: file, line: place.line, column: place.column))
    }
    do {
      var nodes = try Yams.compose_all(yaml: text, .basic).makeIterator()
      guard let first = nodes.next() else {
        if let error = nodes.error { throw error }
        throw Faults(
          .malformed(format: "YAML", found: "an empty file", mend: "write the keys it needs"),
          at: SourcePosition(file: file))
      }
      let second = nodes.next()
      if let error = nodes.error { throw error }
      guard second == nil else {
        throw Faults(
          .malformed(
            format: "YAML", found: "more than one document", mend: "keep one document a file"),
          at: SourcePosition(file: file))
      }
      root = first
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults([Document.fault(of: error, file: file)])
    }
  }

  /// The top-level mapping. A file that is not a mapping is a fault.
  public func map() throws(Faults) -> MapReader {
    guard let mapping = root.mapping else {
      throw Faults(
        .wrongKind(key: "the file", found: Value.kind(of: root), expected: "a map of keys"),
        at: SourcePosition(file: file, line: 1))
    }
    return MapReader(
      mapping: mapping, path: "", position: SourcePosition(file: file, line: 1), faults: faults)
  }

  static func fault(of error: any Error, file: String) -> Fault {
    guard let error = error as? YamlError else {
      return Fault(.unreadable(reason: "\(error)"), at: SourcePosition(file: file))
    }
    func syntax(_ problem: String, _ mark: Mark) -> Fault {
      Fault(
        .malformed(format: "YAML", found: problem, mend: "mend the syntax"),
        at: SourcePosition(file: file, line: mark.line, column: mark.column))
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return syntax(problem, mark)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return Fault(
        .duplicateKey(duplicates.first ?? "?"),
        at: SourcePosition(
          file: file, line: context.mark.line, column: context.mark.column))
    case .reader(let problem, _, _, _):
      return Fault(
        .malformed(format: "YAML", found: problem, mend: "save it as plain UTF-8 text"),
        at: SourcePosition(file: file))
    default:
      return Fault(
        .malformed(format: "YAML", found: "\(error)", mend: "mend the syntax"),
        at: SourcePosition(file: file))
    }
  }
}

extension Node {
  /// A scalar as documents hold it: text, whatever YAML would take it for.
  ///
  /// Nothing here asks YAML for the type of a scalar, and guessing it takes a dozen regular
  /// expressions a scalar, more than all other reading together.
  static func text(_ text: String) -> Node { Node(text, Tag(.implicit, .basic)) }
}

/// The faults found so far in one document; shared by all readers of it.
public final class FaultList {
  public private(set) var all: [Fault] = []
  private var seen: Set<Fault> = []
  /// Records a fault; one that is found again, because a value is read twice, counts once.
  public func add(_ problem: Problem, at position: SourcePosition) {
    let fault = Fault(problem, at: position)
    if seen.insert(fault).inserted { all.append(fault) }
  }
  /// Throws all faults at once, in the order of their lines, if there are any.
  public func throwIfAny() throws(Faults) {
    guard !all.isEmpty else { return }
    throw Faults(
      all.sorted { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
    )
  }
}
