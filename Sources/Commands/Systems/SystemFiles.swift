import Diagnostics
import Foundation
import ScenarioFiles

/// The scenario files that `validate` is given, by name and by system.
struct SystemFiles {
  let files: [ScenarioFile]

  /// Whether paths are scenarios rather than tables: files that end in `.yaml`, folders that hold
  /// such files and no tables. Tables often lie beside a `.yaml` that describes their machine.
  static func areScenarios(_ paths: [String]) -> Bool {
    !paths.isEmpty && paths.allSatisfy { !scenarios(in: $0).isEmpty }
  }

  /// - Throws: the faults of all files at once.
  init(_ paths: [String]) throws(Faults) {
    var files: [ScenarioFile] = []
    var faults: [Fault] = []
    for path in paths.flatMap({ Self.scenarios(in: $0) }) {
      do throws(Faults) {
        let file = try ScenarioFile(contentsOf: path)
        try ExpectationCheck.check(file.expectations)
        files.append(file)
      } catch {
        faults += error.faults
      }
    }
    guard faults.isEmpty else { throw Faults(faults) }
    self.files = files
  }

  private static func scenarios(in path: String) -> [String] {
    if path.hasSuffix(".yaml") { return [path] }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
      let entries = FileManager.default.enumerator(atPath: path)
    else { return [] }
    var names: [String] = []
    for case let name as String in entries {
      if entries.level > 1 {
        entries.skipDescendants()
      } else if MeasurementInput.isTable(name) {
        return []
      } else if name.hasSuffix(".yaml") {
        names.append(name)
      }
    }
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    return names.sorted().map { "\(folder)/\($0)" }
  }

  /// The scenario of a claim: the one of that name; without a name the first of the system's that
  /// has the variants.
  func file(named name: String?, system: String, variants: [String]) -> ScenarioFile? {
    if let name { return files.first { $0.name == name } }
    let own = files.filter { $0.system == system }
    return own.first { file in variants.allSatisfy { file.variants.contains($0) } } ?? own.first
  }
}
