import CDeflate
import Diagnostics
import Foundation
import ScenarioFiles
import Testing
import Traces

/// The root of the repository.
let repository = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

func committed(_ name: String) throws -> Trace {
  try TraceReader.read(repository.appendingPathComponent("scenarios/traces/\(name).ltrace").path)
}

/// A folder of its own for one test, removed with it.
final class Scratch {
  let folder: URL
  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lacuna-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
  deinit {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      print("left behind: \(folder.path)")
    }
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  /// `bytes` as a gzip file.
  func gzip(_ name: String, _ bytes: [UInt8]) throws -> String {
    let compressor = try #require(libdeflate_alloc_compressor(9))
    defer { libdeflate_free_compressor(compressor) }
    var packed = [UInt8](
      repeating: 0, count: libdeflate_gzip_compress_bound(compressor, bytes.count))
    let count = libdeflate_gzip_compress(compressor, bytes, bytes.count, &packed, packed.count)
    return try write(name, Array(packed[..<count]))
  }
}

/// The one line that a fault prints, or "no fault".
func line(_ body: () throws -> Void) throws -> String {
  do {
    try body()
    return "no fault"
  } catch let faults as Faults {
    return faults.faults.map(Diagnostic.line).joined(separator: "\n")
  }
}

/// A ustar archive of the files given.
func tar(_ files: [(String, [UInt8])]) -> [UInt8] {
  var archive: [UInt8] = []
  for (name, content) in files {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(name, at: 0)
    let size = String(content.count, radix: 8)
    put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum, at: 148)
    block[154] = 0
    archive += block + content
    archive += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }
  return archive + [UInt8](repeating: 0, count: 1024)
}
