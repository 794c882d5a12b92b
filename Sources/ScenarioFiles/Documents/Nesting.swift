/// A look at a text before the YAML parser recurses into it.
enum Nesting {
  /// The first line whose flow brackets or leading dashes nest deeper than `limit`, or nil.
  ///
  /// Indented maps cannot nest deeper than half their longest indentation, so that is bounded too.
  static func firstLine(of text: String, deeperThan limit: Int) -> Int? {
    var line = 1
    var flow = 0
    var indent = 0
    var dashes = 0
    var atStart = true
    var quote: UInt8 = 0
    var comment = false
    var escaped = false
    var previous: UInt8 = 10
    for byte in text.utf8 {
      if byte == 10 {
        line += 1
        (indent, dashes, atStart, comment, escaped) = (0, 0, true, false, false)
      } else if comment {
        continue
      } else if escaped {
        escaped = false
      } else if quote != 0 {
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { escaped = true }
        if byte == quote { quote = 0 }
      } else {
        switch byte {
        case UInt8(ascii: " "): if atStart { indent += 1 }
        case UInt8(ascii: "-"), UInt8(ascii: "?"): if atStart { dashes += 1 }
        case UInt8(ascii: "#"): if previous == 32 || previous == 10 { comment = true }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          if previous == 32 || previous == 10 || "[{,:".utf8.contains(previous) { quote = byte }
          atStart = false
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          flow += 1
          atStart = false
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          flow = max(0, flow - 1)
          atStart = false
        default: atStart = false
        }
        if flow > limit || (atStart && dashes > limit) || (atStart && indent > 8 * limit) {
          return line
        }
      }
      previous = byte
    }
    return nil
  }
}
