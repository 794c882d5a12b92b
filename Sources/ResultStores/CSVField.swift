/// One field of a line of comma-separated values, quoted as in RFC 4180.
enum CSVField {
  static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { special.contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  private static let special: Set<UInt8> = Set(",\"\n\r".utf8)

  /// The fields of a line without its line feed. An unclosed quote runs to the end of the line.
  static func texts(of line: ArraySlice<UInt8>) -> [String] {
    var texts: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var place = line.startIndex
    let quote = UInt8(ascii: "\"")
    while place < line.endIndex {
      let byte = line[place]
      place += 1
      if isQuoted {
        guard byte == quote else {
          field.append(byte)
          continue
        }
        if place < line.endIndex, line[place] == quote {
          field.append(quote)
          place += 1
        } else {
          isQuoted = false
        }
      } else if byte == quote {
        isQuoted = true
      } else if byte == UInt8(ascii: ",") {
        texts.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
      } else {
        field.append(byte)
      }
    }
    texts.append(String(decoding: field, as: UTF8.self))
    return texts
  }
}
