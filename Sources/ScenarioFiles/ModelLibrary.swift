import Diagnostics
import Foundation
import Models

/// The bundled model configurations of one folder, by the name a scenario uses.
public struct ModelLibrary: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// The names of all models of the folder, sorted: `facebook/opt-6.7b`.
  /// - Throws: a fault when the folder cannot be listed.
  public func names() throws(Faults) -> [String] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw Faults(
        .unreadable(reason: "the folder cannot be listed"), at: SourcePosition(file: folder))
    }
    return files.filter { $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)).replacingOccurrences(of: "--", with: "/") }
      .sorted()
  }

  /// The model that `reference` means: a file ending in `.json`, a folder with a `config.json`, or
  /// a bundled name. `position` is where the reference was written, for the fault of a miss.
  public func model(
    _ reference: String, at position: SourcePosition, key: String = "model"
  ) throws(Faults) -> Model {
    if reference.hasSuffix(".json") { return try ModelConfig.read(contentsOf: reference) }
    let known = try names()
    if known.contains(reference) {
      let file = reference.replacingOccurrences(of: "/", with: "--") + ".json"
      return try ModelConfig.read(contentsOf: "\(folder)/\(file)")
    }
    let inside = "\(reference)/config.json"
    if FileManager.default.fileExists(atPath: inside) {
      return try ModelConfig.read(contentsOf: inside)
    }
    throw Faults(
      .unknownName(key: key, kind: "model", found: reference, known: candidates(reference, known)),
      at: position)
  }

  /// A name without its organisation is compared with names without theirs.
  private func candidates(_ reference: String, _ known: [String]) -> [String] {
    guard !reference.contains("/") else { return known }
    let found = reference.lowercased()
    let matches = known.filter { $0.lowercased().hasSuffix("/\(found)") }
    if !matches.isEmpty { return matches }
    let short = known.map { ($0, String($0.split(separator: "/").last ?? "")) }
    guard let nearest = Spelling.nearest(to: reference, among: short.map(\.1)) else { return known }
    return short.filter { $0.1 == nearest }.map(\.0)
  }
}
