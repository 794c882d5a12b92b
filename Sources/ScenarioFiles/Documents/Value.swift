import Diagnostics
import Quantities
import Yams

/// One value of a document with its dotted name and place. Each getter records a fault and returns
/// nil when the value is not of the form asked for.
public struct Value {
  let node: Node
  /// The dotted name a user would write for this value.
  public let name: String
  public let position: SourcePosition
  public let faults: FaultList

  /// Records a fault of this value.
  public func refuse(_ problem: Problem) { faults.add(problem, at: position) }

  public var isMap: Bool { node.mapping != nil }
  public var isList: Bool { node.sequence != nil }
  /// The text as written, or nil for a map or list; records nothing.
  public var scalarText: String? { node.scalar?.string }

  /// The value under a key of a map, or nil for anything else; records nothing.
  func inner(_ key: String) -> Value? {
    guard isMap, let mapping = node.mapping, let inner = mapping[Node.text(key)] else { return nil }
    return Value(
      node: inner, name: "\(name).\(key)",
      position: SourcePosition(
        file: position.file, line: inner.mark?.line ?? position.line,
        column: inner.mark?.column ?? 0), faults: faults)
  }

  public func text(_ expected: String = "text") -> String? {
    guard let scalar = node.scalar, !isNull else {
      refuse(.wrongKind(key: name, found: Value.kind(of: node), expected: expected))
      return nil
    }
    return scalar.string
  }

  /// A mapping to read further.
  public func map(_ expected: String = "a map of keys") -> MapReader? {
    guard let mapping = node.mapping else {
      refuse(.wrongKind(key: name, found: Value.kind(of: node), expected: expected))
      return nil
    }
    return MapReader(mapping: mapping, path: name, position: position, faults: faults)
  }

  /// The items of a list, named `name[0]`, `name[1]`, ….
  public func list(_ expected: String = "a list") -> [Value]? {
    guard let sequence = node.sequence else {
      refuse(.wrongKind(key: name, found: Value.kind(of: node), expected: expected))
      return nil
    }
    return sequence.enumerated().map { index, item in
      Value(
        node: item, name: "\(name)[\(index)]",
        position: SourcePosition(
          file: position.file, line: item.mark?.line ?? position.line,
          column: item.mark?.column ?? 0),
        faults: faults)
    }
  }

  /// An amount with its unit, inside `range` when one is given.
  public func quantity<Q: Quantity>(
    _ type: Q.Type = Q.self, in range: ClosedRange<Q>? = nil
  ) -> Q? {
    guard let text = text("a number with a unit, one of \(Q.units.names.joined(separator: ", "))")
    else { return nil }
    let amount: Q
    do {
      amount = try Q.parse(text)
    } catch {
      refuse(.badQuantity(key: name, found: text, units: Q.units.names))
      return nil
    }
    let allowed = range ?? Q(0)...Q(.greatestFiniteMagnitude)
    guard allowed.contains(amount) else {
      let limits =
        range.map { "between \($0.lowerBound) and \($0.upperBound)" } ?? "an amount of 0 or more"
      refuse(.outOfRange(key: name, found: text, allowed: limits))
      return nil
    }
    return amount
  }

  /// A whole number without a unit.
  public func integer(in range: ClosedRange<Int>) -> Int? {
    let expected = "a whole number between \(range.lowerBound) and \(range.upperBound)"
    guard let text = text(expected) else { return nil }
    guard let number = Int(text) else {
      refuse(.wrongKind(key: name, found: text, expected: expected))
      return nil
    }
    guard range.contains(number) else {
      refuse(.outOfRange(key: name, found: text, allowed: expected))
      return nil
    }
    return number
  }

  /// A plain decimal number without a unit.
  public func number(in range: ClosedRange<Double>) -> Double? {
    let expected = "a number between \(range.lowerBound) and \(range.upperBound)"
    guard let text = text(expected) else { return nil }
    let isDecimal = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    guard isDecimal, let number = Double(text) else {
      refuse(.wrongKind(key: name, found: text, expected: expected))
      return nil
    }
    guard range.contains(number) else {
      refuse(.outOfRange(key: name, found: text, allowed: expected))
      return nil
    }
    return number
  }

  public func boolean() -> Bool? {
    guard let text = text("true or false") else { return nil }
    guard text == "true" || text == "false" else {
      refuse(.wrongKind(key: name, found: text, expected: "true or false"))
      return nil
    }
    return text == "true"
  }

  /// One of the raw values of an enumeration.
  public func choice<C: RawRepresentable & CaseIterable>(_ type: C.Type, kind: String) -> C?
  where C.RawValue == String {
    guard let text = text("one of \(C.allCases.map(\.rawValue).joined(separator: ", "))") else {
      return nil
    }
    if let choice = C(rawValue: text) { return choice }
    refuse(
      .unknownName(key: name, kind: kind, found: text, known: C.allCases.map(\.rawValue)))
    return nil
  }

  var isNull: Bool {
    guard let scalar = node.scalar, scalar.style == .plain else { return node.null != nil }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  static func kind(of node: Node) -> String {
    switch node {
    case .mapping: "a map"
    case .sequence: "a list"
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string
    case .alias: "an alias"
    }
  }
}
