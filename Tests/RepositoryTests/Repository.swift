import Foundation

/// The checkout that these tests were compiled from.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Files under a folder, as paths from the root, in order; build products are passed over.
  static func files(under folder: String) throws -> [String] {
    let start = root.appendingPathComponent(folder)
    guard FileManager.default.fileExists(atPath: start.path) else { return [] }
    return try FileManager.default.subpathsOfDirectory(atPath: start.path)
      .filter { !$0.split(separator: "/").contains(".build") }
      .map { "\(folder)/\($0)" }
      .filter { path in
        var isFolder: ObjCBool = false
        let full = root.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
          && !isFolder.boolValue
      }
      .sorted()
  }

  static func swiftFiles(under folder: String) throws -> [String] {
    try files(under: folder).filter { $0.hasSuffix(".swift") }
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The target that a file under Sources belongs to.
  static func target(of path: String) -> String {
    String(path.split(separator: "/").dropFirst().first ?? "")
  }
}
