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
    let named = Set(paths)
    let files = try paths.flatMap { try Self.files(under: $0) }
    for file in files {
      tables.append(
        try MeasurementFile.read(contentsOf: file, isOneOfMany: !named.contains(file)))
      progress.advance(file, of: files.count)
    }
    progress.finish()
  }

  private static let suffixes = [".csv", ".csv.gz", ".jsonl", ".jsonl.gz"]

  /// Whether a file's name is that of a table.
  static func isTable(_ name: String) -> Bool { suffixes.contains { name.hasSuffix($0) } }

  private static func files(under path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Faults(.unreadable(reason: "no such file"), at: SourcePosition(file: path))
    }
    guard isFolder.boolValue else { return [path] }
    let names = (FileManager.default.enumerator(atPath: path)?.allObjects ?? [])
      .compactMap { $0 as? String }
      .filter(isTable)
    guard !names.isEmpty else {
      throw Faults(
        .unreadable(reason: "no \(suffixes.joined(separator: ", ")) in this folder"),
        at: SourcePosition(file: path))
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

  /// The profile that a table's word for a device means, whatever its case and punctuation; makers
  /// and the word GPU are passed over where nothing else is found.
  func profile(of device: String) -> Profile? {
    let word = ServingBook.plain(device)
    return profiles.first { $0.name == device.lowercased() }
      ?? profiles.first { $0.aliases.contains { ServingBook.plain($0) == word } }
      ?? profiles.first { $0.aliases.contains { Self.bare($0) == Self.bare(device) } }
  }

  private static func bare(_ device: String) -> String {
    let passedOver = ["nvidia", "amd", "intel", "habana", "instinct", "gpu", "geforce"]
    return passedOver.reduce(ServingBook.plain(device)) { $0.replacing($1, with: "") }
  }
}
