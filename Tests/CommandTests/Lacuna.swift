import Foundation
import TestSupport

/// The built binary, as a user runs it.
enum Lacuna {
  struct Output {
    var code: Int32
    var text: String
    var errors: String
  }

  /// Beside the test bundle, where SwiftPM puts both.
  static var binary: String? {
    let arguments = ProcessInfo.processInfo.arguments
    var folders = [Checkout.path(".build/debug"), Checkout.path(".build/release")]
    if let at = arguments.firstIndex(of: "--test-bundle-path"), at + 1 < arguments.count {
      let bundle = URL(fileURLWithPath: arguments[at + 1])
      folders.insert(bundle.deletingLastPathComponent().path, at: 0)
    }
    folders.insert(Bundle.main.bundlePath, at: 0)
    return folders.map { "\($0)/lacuna" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs the binary in the checkout.
  static func run(_ arguments: [String]) throws -> Output {
    guard let binary else { throw MissingBinary() }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lacuna-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { remove(folder) }
    // Files, not pipes: a report can be longer than a pipe holds.
    func file(_ name: String) throws -> FileHandle {
      let path = folder.appendingPathComponent(name)
      try Data().write(to: path)
      return try FileHandle(forUpdating: path)
    }
    let (out, errors) = (try file("out"), try file("errors"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = arguments
    process.currentDirectoryURL = Checkout.root
    process.standardOutput = out
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    func text(_ handle: FileHandle) throws -> String {
      try handle.seek(toOffset: 0)
      return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }
    return Output(
      code: process.terminationStatus, text: try text(out), errors: try text(errors))
  }

  /// Gives `body` an empty folder that is gone afterwards.
  static func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lacuna-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { remove(folder) }
    try body(folder)
  }

  private static func remove(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch { print("left \(folder.path)") }
  }

  struct MissingBinary: Error {}
}
