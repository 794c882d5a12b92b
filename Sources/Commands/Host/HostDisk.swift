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
    /// Seconds of one group of `depth` reads.
    var group: Repeated
  }

  private(set) var cells: [Cell] = []
  /// Whether reads went past the page cache.
  let isDirect: Bool
  let capacity: Double

  private static let fileBytes = 256 << 20
  /// What the profile's table holds.
  static let chunks = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]
  static let depths = [1, 4, 16, 32]
  /// What one repeat takes, about, and how often it is repeated.
  private static let seconds = 0.04
  private static let repeats = 3
  private static let groupRepeats = 7

  /// Writes a file of random bytes into `folder`, reads it and takes it away.
  ///
  /// - Throws: `Faults` when the folder cannot be written or read.
  init(
    folder: String, chunks: [Int] = chunks, depths: [Int] = depths, advance: (String) -> Void
  ) throws {
    let file = try ScratchFile(in: folder, bytes: Self.fileBytes)
    isDirect = file.isDirect
    let system = try FileManager.default.attributesOfFileSystem(forPath: folder)
    capacity = (system[.systemSize] as? NSNumber)?.doubleValue ?? Double(Self.fileBytes)
    for way in [FileReader.Way.uring, .threads] {
      for depth in depths {
        guard let reader = try reader(file, way: way, depth: depth) else { continue }
        for chunk in chunks {
          cells.append(try Self.cell(reader, chunk: chunk, depth: depth, way: way))
        }
        advance("reads, depth \(depth)")
      }
    }
  }

  /// Nil where the system has no io_uring.
  private func reader(
    _ file: ScratchFile, way: FileReader.Way, depth: Int
  ) throws -> FileReader? {
    let fault: KernelFault
    do throws(KernelFault) {
      return try FileReader(path: file.path, isDirect: isDirect, way: way, depth: depth)
    } catch {
      fault = error
    }
    if way == .uring { return nil }
    throw fault
  }

  private static func cell(
    _ reader: FileReader, chunk: Int, depth: Int, way: FileReader.Way
  ) throws -> Cell {
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
    let groups = try (0..<groupRepeats).map { _ in try lap(depth) }
    return Cell(
      chunk: chunk, depth: depth, way: way, rate: Repeated(rates), group: Repeated(groups))
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

  static func series(_ way: FileReader.Way) -> String {
    way == .threads ? "service-threads" : "service-uring"
  }

  /// The limits behind the table, from the coefficients fitted to it; nil where they were refused.
  func service(_ calibrations: [KernelCalibration]) -> ReadService? {
    let name = Self.series(bestWay)
    guard let fit = calibrations.first(where: { $0.family == "storage" && $0.kernel == name })
    else { return nil }
    let values = Dictionary(uniqueKeysWithValues: fit.coefficients.map { ($0.name, $0.value) })
    guard let latency = values["latency"], let media = values["media"], let host = values["host"],
      let share = values["bandwidth-share"]
    else { return nil }
    func fitted<Q>(_ amount: Q) -> Figure<Q> {
      Figure(amount, source: HostMemory.timed, basis: .derived)
    }
    let service = ReadService(
      latency: fitted(Seconds(latency * 1e-6)), media: fitted(BytesPerSecond(media * 1e9)),
      host: fitted(Seconds(host * 1e-6)),
      bandwidth: fitted(BytesPerSecond(share * tier.bandwidth.value.value)),
      group: fitted(Seconds(0)))
    return ReadService(
      latency: service.latency, media: service.media, host: service.host,
      bandwidth: service.bandwidth, group: fitted(group(service)))
  }

  /// What a group of as many reads as are in flight takes beyond its intervals, the median over the
  /// cells.
  private func group(_ service: ReadService) -> Seconds {
    let extra = cells.filter { $0.way == bestWay }.map { cell in
      let interval = service.interval(
        chunk: Bytes(Double(cell.chunk)), depth: Double(cell.depth))
      return cell.group.median - Double(cell.depth) * interval.value
    }
    return Seconds(max(0, extra.isEmpty ? 0 : Repeated(extra).median))
  }

  /// What the cost form of random reads is fitted to: the time for each read over all in flight.
  func rows(into table: inout MeasurementTable, device: String) {
    for (line, cell) in cells.enumerated() {
      let series = table.index(
        of: MeasurementSeries(
          device: device, family: "storage",
          kernel: Self.series(cell.way)))
      table.rows.append(
        MeasuredCall(
          series: series,
          call: .storageRead(StorageCall(chunkBytes: Double(cell.chunk), depth: cell.depth)),
          seconds: Double(cell.chunk) / cell.rate.median, group: line, line: line + 1))
    }
  }
}
