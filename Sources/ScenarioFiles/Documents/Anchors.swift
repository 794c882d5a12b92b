/// A look at a text for anchors (`&name`) and aliases (`*name`) before the YAML parser copies them
/// into its tree: a few lines of aliases can stand for more nodes than memory holds.
enum Anchors {
  /// Line and column, from 1, of the first `&` or `*` that begins a node; nil when there is none.
  ///
  /// Quoted text and comments are skipped. A line of a block scalar that begins with either
  /// character counts too; such a text has to be quoted.
  static func first(in text: String) -> (line: Int, column: Int)? {
    var (line, column) = (1, 0)
    var quote: UInt8 = 0
    var comment = false
    var escaped = false
    var beginsNode = true
    var previous: UInt8 = 10
    for byte in text.utf8 {
      column += 1
      if byte == 10 {
        (line, column) = (line + 1, 0)
        (comment, escaped, beginsNode) = (false, false, quote == 0)
      } else if escaped {
        escaped = false
      } else if quote != 0 {
        // Inside of double quotes a backslash takes the next character, as in JSON.
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { escaped = true }
        if byte == quote { quote = 0 }
      } else if !comment {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
          if beginsNode { return (line, column) }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          if beginsNode { quote = byte }
          beginsNode = false
        case UInt8(ascii: "#") where previous == 32 || previous == 9 || previous == 10:
          comment = true
        case 32, 9, 13:
          break
        default:
          beginsNode = "[{,:-?".utf8.contains(byte)
        }
      }
      previous = byte
    }
    return nil
  }
}
