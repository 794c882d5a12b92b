/// A JSON document that keeps the order of its keys, so that equal results are equal texts.
public indirect enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// Finite: JSON has no NaN and no infinity, and `encoded` refuses them.
  case number(Double)
  case text(String)
  case array([JSONValue])
  /// Keys with their values, in the order of printing; no key twice.
  case object([Member])

  /// One key of an object and its value.
  public struct Member: Hashable, Sendable {
    public let key: String
    public let value: JSONValue
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object from pairs: `.pairs([("name", .text("a"))])`.
  public static func pairs(_ pairs: [(String, JSONValue)]) -> JSONValue {
    .object(pairs.map { Member($0.0, $0.1) })
  }
}

/// Why a value has no JSON text; `path` leads to it: `rows[3].tpot_seconds`.
public enum JSONFault: Error, Hashable, Sendable {
  case notFinite(path: String)
  case duplicateKey(path: String)
}

extension JSONValue {
  /// The JSON text, without a final line break.
  ///
  /// Numbers are the shortest text that reads back as the same `Double`.
  /// - Parameter indent: blanks for each level; nil puts everything on one line.
  /// - Throws: `.notFinite`, `.duplicateKey`.
  public func encoded(indent: Int? = nil) throws(JSONFault) -> String {
    var text = ""
    try write(to: &text, indent: indent.map { max(0, $0) }, depth: 0, path: "")
    return text
  }

  private func write(
    to text: inout String, indent: Int?, depth: Int, path: String
  ) throws(JSONFault) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value):
      guard value.isFinite else { throw .notFinite(path: path) }
      text += "\(value)"
    case .text(let value): Self.quote(value, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        Self.separate(index, &text, indent, depth + 1)
        try value.write(to: &text, indent: indent, depth: depth + 1, path: "\(path)[\(index)]")
      }
      if !values.isEmpty { Self.breakLine(&text, indent, depth) }
      text += "]"
    case .object(let members):
      try Self.write(members, to: &text, indent: indent, depth: depth, path: path)
    }
  }

  private static func write(
    _ members: [Member], to text: inout String, indent: Int?, depth: Int, path: String
  ) throws(JSONFault) {
    var seen: Set<String> = []
    text += "{"
    for (index, member) in members.enumerated() {
      let place = path.isEmpty ? member.key : "\(path).\(member.key)"
      guard seen.insert(member.key).inserted else { throw .duplicateKey(path: place) }
      separate(index, &text, indent, depth + 1)
      quote(member.key, to: &text)
      text += indent == nil ? ":" : ": "
      try member.value.write(to: &text, indent: indent, depth: depth + 1, path: place)
    }
    if !members.isEmpty { breakLine(&text, indent, depth) }
    text += "}"
  }

  private static func separate(_ index: Int, _ text: inout String, _ indent: Int?, _ depth: Int) {
    if index > 0 { text += "," }
    breakLine(&text, indent, depth)
  }

  private static func breakLine(_ text: inout String, _ indent: Int?, _ depth: Int) {
    guard let indent else { return }
    text += "\n" + String(repeating: " ", count: indent * depth)
  }

  /// Escapes what RFC 8259 demands and nothing else.
  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
