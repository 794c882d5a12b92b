/// What sources and the manifest say about who uses whom.
enum Imports {
  /// Modules imported by a Swift source, in order.
  static func modules(in text: String) -> [String] {
    let statement =
      /^\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    return text.split(separator: "\n").compactMap { line in
      line.prefixMatch(of: statement).map { String($0.1) }
    }
  }

  /// Rooms of Package.swift with the rooms each depends on.
  static func rooms(inManifest text: String) -> [String: [String]] {
    let declaration =
      /(?:room\(|\.executableTarget\(name:)\s*"(\w+)"(?:,\s*(?:uses|dependencies):\s*\[([^\]]*)\])?/
    var rooms: [String: [String]] = [:]
    for match in text.matches(of: declaration) {
      let uses = match.2.map { $0.matches(of: /"(\w+)"/).map { String($0.1) } }
      rooms[String(match.1)] = uses ?? []
    }
    return rooms
  }
}
