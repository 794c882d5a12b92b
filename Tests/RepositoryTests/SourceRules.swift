/// Rules that the text of a file can break, each with its mend.
enum SourceRules {
  /// Calls and operators that have no place below Commands.
  static func forbiddenCalls(in text: String) -> [(line: Int, found: String, mend: String)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      index, line in
      let code = withoutComment(String(line))
      var found: [(line: Int, found: String, mend: String)] = []
      if code.contains(/(?:^|[^.\w])print\(/), !code.contains(/func\s+print\(/) {
        found.append((index + 1, "print(", "return the text and let Commands print it"))
      }
      if code.contains(/(?:^|[^.\w])exit\(/) {
        found.append((index + 1, "exit(", "throw a fault and let Commands choose the exit code"))
      }
      if code.contains(/\bfatalError\(/) {
        found.append((index + 1, "fatalError(", "throw a fault, or state a precondition"))
      }
      if code.contains("try!") {
        found.append((index + 1, "try!", "handle the error or pass it on"))
      }
      if code.contains(/\bas!/) {
        found.append((index + 1, "as!", "use 'as?' and say what happens otherwise"))
      }
      return found
    }
  }

  /// Absolute paths of one machine, which mean nothing to a reader.
  static func machinePaths(in text: String) -> [(line: Int, found: String)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      index, line in
      line.matches(of: /(?:^|[^\w.\/\-])(\/(?:work|home)(?:\/[\w.\-]*|\b))/).map {
        (index + 1, String($0.1))
      }
    }
  }

  static func lineCount(of text: String) -> Int {
    text.split(separator: "\n", omittingEmptySubsequences: false).count
      - (text.hasSuffix("\n") ? 1 : 0)
  }

  /// The code before `//`, unless that stands in a string, as in an address.
  private static func withoutComment(_ line: String) -> String {
    var inString = false
    var previous: Character = " "
    for index in line.indices {
      let character = line[index]
      if character == "\"", previous != "\\" { inString.toggle() }
      if character == "/", previous == "/", !inString {
        return String(line[..<line.index(before: index)])
      }
      previous = character
    }
    return line
  }
}
