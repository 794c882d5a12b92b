import Diagnostics
import Foundation
import Kernels

/// A file of random bytes that is gone with its last use.
final class ScratchFile {
  let path: String
  let bytes: Int
  /// Whether the file system reads it past the page cache.
  private(set) var isDirect = false

  /// - Throws: `Faults` when the folder cannot be written, `KernelFault` for want of memory.
  init(in folder: String, bytes: Int) throws {
    path =
      URL(fileURLWithPath: folder)
      .appendingPathComponent(".lacuna-\(UUID().uuidString).bin").path
    self.bytes = bytes
    do {
      try Self.write(path, bytes: bytes)
    } catch {
      throw Faults(
        .conflict(
          key: "--folder", found: folder,
          mend: "a file of \(bytes >> 20) MiB cannot be written there "
            + "(\(error.localizedDescription)); name a folder with room"),
        at: SourcePosition(file: folder))
    }
    isDirect = try allowsDirect()
  }

  deinit {
    if unlink(path) != 0, errno != ENOENT {
      FileHandle.standardError.write(Data("left \(path)\n".utf8))
    }
  }

  private static func write(_ path: String, bytes: Int) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw CocoaError(.fileWriteNoPermission)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { handle.closeFile() }
    var state: UInt64 = 1
    var block = [UInt64](repeating: 0, count: 1 << 17)
    var left = bytes
    while left > 0 {
      // Bytes that no disk can make smaller.
      for place in block.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        block[place] = state ^ (state >> 29)
      }
      let count = min(left, 1 << 20)
      try handle.write(contentsOf: block.withUnsafeBytes { Data($0.prefix(count)) })
      left -= count
    }
    try handle.synchronize()
  }

  private func allowsDirect() throws -> Bool {
    let fault: KernelFault
    do throws(KernelFault) {
      _ = try FileReader(path: path, isDirect: true, way: .threads, depth: 1)
      return true
    } catch {
      fault = error
    }
    if case .unreadable = fault { return false }
    throw fault
  }
}
