import Foundation
import Kernels
import Testing

/// Reads of pieces of a file.
@Suite struct FileReaderTests {
  private static let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 256) }

  private func withFile(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lacuna-\(UUID().uuidString)").path
    try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    try body(path)
  }

  @Test(arguments: [FileReader.Way.best, .threads])
  func pieces(way: FileReader.Way) throws {
    try withFile { path in
      let reader = try FileReader(path: path, way: way, depth: 3)
      let offsets = [0, 39_900, 777, 20_000, 12_345, 8]
      var memory = [UInt8](repeating: 0, count: offsets.count * 100)
      var touched: [Int32] = []
      let recorder = TouchRecorder { _, _, ids in touched += ids }
      try memory.withUnsafeMutableBytes {
        try reader.read(
          offsets: offsets, bytes: 100, into: $0, ids: (.experts, [0, 5, 1, 4, 3, 2]),
          recorder: recorder)
      }
      for (index, offset) in offsets.enumerated() {
        #expect(
          Array(memory[index * 100..<(index + 1) * 100]) == Array(Self.bytes[offset..<offset + 100])
        )
      }
      #expect(touched == [0, 5, 1, 4, 3, 2])
    }
  }

  @Test(arguments: [FileReader.Way.best, .threads])
  func refuses(way: FileReader.Way) throws {
    #expect(throws: KernelFault.unreadable(code: ENOENT)) {
      try FileReader(path: "/nonexistent/file", way: way)
    }
    try withFile { path in
      let reader = try FileReader(path: path, way: way)
      var memory = [UInt8](repeating: 0, count: 100)
      memory.withUnsafeMutableBytes { memory in
        // The file ends within the piece.
        #expect(throws: KernelFault.unreadable(code: EIO)) {
          try reader.read(offsets: [39_950], bytes: 100, into: memory)
        }
        #expect(throws: KernelFault.wrongCount(argument: "memory", found: 100, expected: 200)) {
          try reader.read(offsets: [0, 1], bytes: 100, into: memory)
        }
        #expect(throws: KernelFault.self) {
          try reader.read(offsets: [-1], bytes: 100, into: memory)
        }
      }
    }
  }

  /// Memory for reads is whole, begins where a huge page does, and may be written.
  @Test(arguments: [0, 1, 4096, 2 << 20, 5 << 20])
  func memory(bytes: Int) throws {
    let memory = try ReadMemory(bytes: bytes)
    #expect(memory.bytes.count == bytes)
    #expect(Int(bitPattern: memory.bytes.baseAddress) % (2 << 20) == 0)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
    for place in memory.bytes.indices { memory.bytes[place] = 0xA5 }
    #expect(throws: KernelFault.self) { try ReadMemory(bytes: -1) }
  }
}
