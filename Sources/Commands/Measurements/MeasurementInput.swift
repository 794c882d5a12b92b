import Diagnostics
import Foundation
import Hardware
import ScenarioFiles
import Validation

/// The files that `validate` and `calibrate` are given: tables, or folders of tables.
struct MeasurementInput {
  /// Tables of kernel calls.
  private(set) var tables: [MeasurementTable] = []

  /// Reads `paths`; a folder stands for all tables in it, in the order of their names.
  init(_ paths: [String], progress: Progress) throws {
    let files = try paths.flatMap { try Self.files(under: $0) }
    for file in files {
      tables.append(try MeasurementFile.read(contentsOf: file))
      progress.advance(file, of: files.count)
    }
    progress.finish()
  }

  private static func files(under path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Faults(.unreadable(reason: "no such file"), at: SourcePosition(file: path))
    }
    guard isFolder.boolValue else { return [path] }
    let names = (FileManager.default.enumerator(atPath: path)?.allObjects ?? [])
      .compactMap { $0 as? String }
      .filter { $0.hasSuffix(".csv") || $0.hasSuffix(".csv.gz") }
    guard !names.isEmpty else {
      throw Faults(
        .unreadable(reason: "no .csv or .csv.gz in this folder"), at: SourcePosition(file: path))
    }
    return names.sorted().map { "\(path)/\($0)" }
  }
}

/// All shipped profiles, found by name or by what tables call the device.
struct DeviceBook: Sendable {
  let profiles: [Profile]

  init(folder: String) throws {
    let library = ProfileLibrary(folder: folder)
    profiles = try library.names().map { try library.profile($0) }
  }

  /// The profile that a table's word for a device means.
  func profile(of device: String) -> Profile? {
    let word = device.lowercased()
    return profiles.first { $0.name == word }
      ?? profiles.first { $0.aliases.contains { $0.lowercased() == word } }
  }
}
