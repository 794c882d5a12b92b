import Diagnostics
import Foundation
import Hardware

/// The profiles of one folder by name.
public struct ProfileLibrary: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// The names of all profiles here, sorted. Empty when the folder cannot be read.
  public func names() -> [String] {
    guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
    var names: [String] = []
    for case let file as String in files {
      if files.level > 1 {
        files.skipDescendants()
      } else if file.hasSuffix(".yaml") {
        names.append(String(file.dropLast(5)))
      }
    }
    return names.sorted()
  }

  /// The names of the profiles with a file of fitted coefficients of their own, sorted.
  func calibratedNames() -> [String] {
    names().filter {
      FileManager.default.fileExists(atPath: CalibrationFile.path(for: "\(folder)/\($0).yaml"))
    }
  }

  /// Reads the profile called `name`; a text with a slash or that ends in `.yaml` is a path.
  ///
  /// - Throws: an unknown name with the nearest known one, or the faults of the file.
  public func profile(_ name: String) throws(Faults) -> Profile {
    if name.contains("/") || name.hasSuffix(".yaml") {
      return try ProfileFile.read(contentsOf: name)
    }
    guard let file = file(of: name) else {
      throw Faults(
        .unknownName(key: "hardware", kind: "profile", found: name, known: names()),
        at: SourcePosition(file: folder))
    }
    return try ProfileFile.read(contentsOf: file)
  }

  /// The path of the profile called `name`, or nil when there is none. A scenario asks here first,
  /// so that an unknown name is a fault at the scenario's own line.
  public func file(of name: String) -> String? {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
    let path = "\(folder)/\(name).yaml"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
