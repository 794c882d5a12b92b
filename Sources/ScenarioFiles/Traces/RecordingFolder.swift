import Diagnostics
import Foundation
import Traces

/// A folder of recordings, found by the name that a table calls them.
public struct RecordingFolder: Sendable {
  private let folder: String

  /// - Throws: when there is no such folder.
  public init(_ folder: String) throws(Faults) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw Faults(.unreadable(reason: "no such folder"), at: SourcePosition(file: folder))
    }
    self.folder = folder
  }

  /// The recording whose file is called `name`, or ends in `_name` or `-name`, before its endings;
  /// nil when there is none. An `.ltrace` file is read as it is, another is imported.
  /// - Throws: the faults of the file, and when two files could be meant.
  public func trace(_ name: String) throws(Faults) -> Trace? {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw Faults(
        .unreadable(reason: error.localizedDescription), at: SourcePosition(file: folder))
    }
    let meant = files.filter { file in
      guard let stem = Self.stem(of: file) else { return false }
      return stem == name || stem.hasSuffix("_\(name)") || stem.hasSuffix("-\(name)")
    }
    let exact = meant.filter { Self.stem(of: $0) == name }
    let found = exact.isEmpty ? meant : exact
    guard let file = found.first else { return nil }
    guard found.count == 1 else {
      throw Faults(
        .conflict(
          key: "--traces", found: found.joined(separator: ", "),
          mend: "the recording '\(name)' could be each of them; keep one"),
        at: SourcePosition(file: folder))
    }
    let path = "\(folder)/\(file)"
    return file.hasSuffix(".ltrace")
      ? try TraceReader.read(path) : try TraceImport.read(path)
  }

  private static let endings = [".tar.gz", ".tgz", ".tar", ".ltrace"]

  private static func stem(of file: String) -> String? {
    endings.first { file.hasSuffix($0) }.map { String(file.dropLast($0.count)) }
  }
}
