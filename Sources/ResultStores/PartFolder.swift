import Diagnostics
import Foundation

/// The folder in which a sweep collects its results: a file for each chunk of points, each written
/// beside its place and renamed into it, so that a chunk is there whole or not at all.
///
/// Whoever writes a chunk writes the same bytes, so that any number of processes may share a folder,
/// be killed at any moment and begin again.
public struct PartFolder: Sendable {
  public let path: String
  public let manifest: SweepManifest

  private static let manifestName = "sweep.json"

  /// Makes the folder, or goes on with one of the same sweep.
  /// - Throws: `Faults` where the folder holds another sweep or cannot be written.
  public init(_ path: String, manifest: SweepManifest) throws(Faults) {
    self.path = path
    self.manifest = manifest
    let text: String
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
      text = try manifest.text()
    } catch {
      throw Self.unwritable(path, error)
    }
    let file = "\(path)/\(Self.manifestName)"
    guard FileManager.default.fileExists(atPath: file) else {
      try Self.write(Array(text.utf8), to: file)
      return
    }
    guard try SweepManifest(contentsOf: file) == manifest else {
      throw Faults(
        .conflict(
          key: "--out", found: path,
          mend: "it holds parts of another sweep; remove it or name another"),
        at: SourcePosition(file: file))
    }
  }

  /// The folder of a sweep that was begun.
  /// - Throws: `Faults` where there is none.
  public init(reading path: String) throws(Faults) {
    self.path = path
    manifest = try SweepManifest(contentsOf: "\(path)/\(Self.manifestName)")
  }

  func file(of chunk: Int) -> String {
    let digits = "\(chunk)"
    return "\(path)/part-\(String(repeating: "0", count: max(0, 8 - digits.count)))\(digits).csv"
  }

  public func holds(_ chunk: Int) -> Bool {
    FileManager.default.fileExists(atPath: file(of: chunk))
  }

  /// Puts a chunk in its place.
  /// - Throws: `Faults` where it cannot be written.
  public func write(_ rows: [UInt8], chunk: Int) throws(Faults) {
    try Self.write(rows, to: file(of: chunk))
  }

  /// The rows of a chunk.
  /// - Throws: `Faults` where it is not there.
  public func rows(of chunk: Int) throws(Faults) -> [UInt8] {
    do {
      return Array(try Data(contentsOf: URL(fileURLWithPath: file(of: chunk))))
    } catch {
      throw Faults(
        .unreadable(reason: error.localizedDescription),
        at: SourcePosition(file: file(of: chunk)))
    }
  }

  /// Removes the folder with all parts.
  /// - Throws: `Faults` where it cannot be removed.
  public func remove() throws(Faults) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Self.unwritable(path, error)
    }
  }

  /// Writes beside the target, has the system keep it, and renames.
  static func write(_ bytes: [UInt8], to file: String) throws(Faults) {
    let beside = "\(file).\(ProcessInfo.processInfo.processIdentifier).tmp"
    do {
      guard FileManager.default.createFile(atPath: beside, contents: nil) else {
        throw CocoaError(.fileWriteUnknown)
      }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: beside))
      try handle.write(contentsOf: bytes)
      try handle.synchronize()
      try handle.close()
      try replace(file, by: beside)
    } catch {
      throw unwritable(file, error)
    }
  }

  static func replace(_ file: String, by other: String) throws {
    guard rename(other, file) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  static func unwritable(_ file: String, _ error: any Error) -> Faults {
    Faults(
      .conflict(
        key: "--out", found: file,
        mend: "it cannot be written (\(error.localizedDescription)); name a place that can be"),
      at: SourcePosition(file: file))
  }
}
