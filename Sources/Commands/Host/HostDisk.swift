import Diagnostics
import Foundation
import Hardware
import Kernels
import Programs
import Quantities
import Validation

/// Random reads from a file of this machine's disk, by chunk size, reads in flight and way of reading.
struct HostDisk {
  struct Cell {
    var chunk: Int
    var depth: Int
    var way: FileReader.Way
    var rate: Repeated
  }

  private(set) var cells: [Cell] = []
  /// Whether reads went past the page cache.
  private(set) var isDirect = true
  let capacity: Double

  private static let fileBytes = 256 << 20
  /// What the profile's table holds.
  static let chunks = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]
  static let depths = [1, 4, 16, 32]
  /// What one repeat takes, about, and how often it is repeated.
  private static let seconds = 0.04
  private static let repeats = 3

  /// Writes a file of random bytes into `folder`, reads it and takes it away.
  ///
  /// - Throws: `Faults` when the folder cannot be written or read.
  init(
    folder: String, chunks: [Int] = chunks, depths: [Int] = depths, advance: (String) -> Void
  ) throws {
    let file = URL(fileURLWithPath: folder)
      .appendingPathComponent(".lacuna-\(UUID().uuidString).bin")
    defer { Self.remove(file) }
    capacity = try Self.write(file, folder: folder)
    for way in [FileReader.Way.uring, .threads] {
      for depth in depths {
        guard let reader = try reader(file, way: way, depth: depth) else { continue }
        for chunk in chunks {
          cells.append(
            Cell(
              chunk: chunk, depth: depth, way: way,
              rate: try Self.rate(reader, chunk: chunk, depth: depth)))
        }
        advance("reads, depth \(depth)")
      }
    }
  }

  /// Nil where the system has no such way of reading.
  private mutating func reader(_ file: URL, way: FileReader.Way, depth: Int) throws -> FileReader? {
    do {
      return try FileReader(path: file.path, isDirect: isDirect, way: way, depth: depth)
    } catch where isDirect && cells.isEmpty {
      isDirect = false
      return try reader(file, way: way, depth: depth)
    } catch where way == .uring {
      return nil
    }
  }

  private static func rate(_ reader: FileReader, chunk: Int, depth: Int) throws -> Repeated {
    let most = fileBytes / chunk
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: fileBytes / 4, alignment: FileReader.directAlignment)
    defer { memory.deallocate() }
    var random = SystemRandomNumberGenerator()
    func lap(_ count: Int) throws -> Double {
      let offsets = (0..<count).map { _ in Int.random(in: 0..<most, using: &random) * chunk }
      let room = UnsafeMutableRawBufferPointer(rebasing: memory[0..<(count * chunk)])
      let start = Stopwatch.now
      try reader.read(offsets: offsets, bytes: chunk, into: room)
      return max(Stopwatch.now - start, 1e-7)
    }
    let first = max(4, depth * 2)
    let one = try lap(min(first, most / 4)) / Double(min(first, most / 4))
    let count = max(first, min(most / 4, Int(seconds / one)))
    let rates = try (0..<repeats).map { _ in Double(count * chunk) / (try lap(count)) }
    return Repeated(rates)
  }

  /// The size of the file system.
  private static func write(_ file: URL, folder: String) throws(Faults) -> Double {
    do {
      var state: UInt64 = 1
      var block = [UInt64](repeating: 0, count: 1 << 17)
      guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
        throw CocoaError(.fileWriteUnknown)
      }
      let handle = try FileHandle(forWritingTo: file)
      defer { handle.closeFile() }
      for _ in 0..<(fileBytes >> 20) {
        // Bytes that no disk can make smaller.
        for place in block.indices {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          block[place] = state ^ (state >> 29)
        }
        try handle.write(contentsOf: block.withUnsafeBytes { Data($0) })
      }
      try handle.synchronize()
      let system = try FileManager.default.attributesOfFileSystem(forPath: folder)
      return (system[.systemSize] as? NSNumber)?.doubleValue ?? Double(fileBytes)
    } catch {
      remove(file)
      throw Faults(
        .conflict(
          key: "--folder", found: folder,
          mend: "a file of \(fileBytes >> 20) MiB cannot be written there "
            + "(\(error.localizedDescription)); name a folder with room"),
        at: SourcePosition(file: folder))
    }
  }

  private static func remove(_ file: URL) {
    if unlink(file.path) != 0, errno != ENOENT {
      FileHandle.standardError.write(Data("left \(file.path)\n".utf8))
    }
  }
}

extension HostDisk {
  /// The way that `FileReader.Way.best` takes.
  var bestWay: FileReader.Way { cells.contains { $0.way == .uring } ? .uring : .threads }

  /// The disk with the table of the best way.
  var tier: Tier {
    let points = cells.filter { $0.way == bestWay }.map { cell in
      ReadTable.Point(
        chunk: Bytes(Double(cell.chunk)), depth: cell.depth,
        throughput: HostMemory.measured(cell.rate) { BytesPerSecond($0) })
    }
    let most = points.map(\.throughput).max { $0.value < $1.value } ?? points[0].throughput
    return Tier(
      name: "flash", kind: .storage,
      capacity: Figure(Bytes(capacity), source: HostMemory.stated, basis: .datasheet),
      bandwidth: most, reads: ReadTable(points))
  }

  /// What the cost form of random reads is fitted to: the time for each read over all in flight.
  func rows(into table: inout MeasurementTable, device: String) {
    for (line, cell) in cells.enumerated() {
      let series = table.index(
        of: MeasurementSeries(
          device: device, family: "storage",
          kernel: "random-read-\(cell.way == .uring ? "uring" : "threads")"))
      table.rows.append(
        MeasuredCall(
          series: series,
          call: .storageRead(StorageCall(chunkBytes: Double(cell.chunk), depth: cell.depth)),
          seconds: Double(cell.chunk) / cell.rate.median, group: line, line: line + 1))
    }
  }
}
