/// Names as they stand in sources and in documents.
enum DocumentNames {
  /// The names that `Metric(name:` declares.
  static func metrics(in source: String) -> Set<String> {
    Set(source.matches(of: /Metric\(name:\s*"([^"\\]+)"/).map { String($0.1) })
  }

  /// The endings of the metrics that exist for every tier, link and stream.
  static func endings(in source: String) -> Set<String> {
    Set(source.matches(of: /\("(\.[a-z_]+)"/).map { String($0.1) })
  }

  /// The names that a list of metrics adds literally.
  static func added(in source: String) -> Set<String> {
    Set(source.matches(of: /\badd\("([^"\\]+)"/).map { String($0.1) })
  }

  /// The keys that a reader asks for.
  static func keys(in source: String) -> Set<String> {
    // No \b before the name: Unicode has no word boundary inside `map.value`.
    let getter =
      /(?:value|required|optional|contains|curve|size|optionalSize|text|requiredFlag)\((?:keys, )?"([a-z][a-z0-9_\-]*)"/
    return Set(source.matches(of: getter).map { String($0.1) })
  }

  /// The raw values of enumerations that a reader may offer as choices.
  static func choices(in source: String) -> Set<String> {
    var choices: Set<String> = []
    for block in source.matches(of: /enum \w+: String, CaseIterable[^{]*\{([^}]*)\}/) {
      for line in block.1.split(separator: "\n") {
        guard let match = line.firstMatch(of: /^\s*case (.+)$/) else { continue }
        for item in match.1.split(separator: ",") {
          let parts = item.split(separator: "=").map { $0.filter { !" \"".contains($0) } }
          if let value = parts.last { choices.insert(value) }
        }
      }
    }
    return choices
  }

  /// What stands between backquotes, whole.
  static func quoted(in document: String) -> Set<String> {
    Set(document.matches(of: /`([^`\n]+)`/).map { String($0.1) })
  }

  /// The words between backquotes and in code blocks, dotted names taken apart.
  static func words(in document: String) -> Set<String> {
    var words: Set<String> = []
    var inBlock = false
    for line in document.split(separator: "\n") {
      if line.hasPrefix("```") {
        inBlock.toggle()
        continue
      }
      for code in inBlock ? [String(line)] : Array(quoted(in: String(line))) {
        words.formUnion(code.matches(of: /[A-Za-z0-9_\-]+/).map { String($0.0) })
      }
    }
    return words
  }

  /// Files of this repository that a text names by their path from its root; NAME is a placeholder.
  static func paths(in text: String) -> Set<String> {
    let path =
      /(?:^|[\s`(\["])((?:docs|scenarios|hardware-profiles|measurements|Sources|Tests)\/[\w.+\/\-]+\.(?:md|yaml|swift|ltrace|csv|jsonl|json)(?:\.gz)?)/
    return Set(text.matches(of: path).map { String($0.1) }.filter { !$0.contains("NAME") })
  }
}
