import Diagnostics
import Foundation

/// A folder of its own for one test, removed with it.
final class Folder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("lacuna-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      print("left behind: \(path)")
    }
  }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}

/// The lines that faults print, or "no fault".
func line(_ body: () throws -> Void) throws -> String {
  do {
    try body()
    return "no fault"
  } catch let faults as Faults {
    return faults.faults.map(Diagnostic.line).joined(separator: "\n")
  }
}
