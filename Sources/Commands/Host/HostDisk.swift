import Diagnostics
import Foundation
import Hardware
import Kernels
import Programs
import Quantities
import Validation

/// Random reads from a file of this machine's disk, by chunk size, reads in flight and way of reading.
///
/// A disk that others share changes within seconds, so every cell is read once a round, and rounds
/// are spread over whatever else is measured meanwhile.
final class HostDisk {
  struct Cell {
    var chunk: Int
    var depth: Int
    var way: FileReader.Way
    /// Bytes a second of each round.
    var rates: [Double] = []
    /// Seconds of groups of `depth` reads.
    var groups: [Double] = []
    /// Reads of a lap, from the first round on.
    var count = 0

    var rate: Repeated { Repeated(rates) }
    var group: Repeated { Repeated(groups) }
  }

  private(set) var cells: [Cell]
  /// Whether reads went past the page cache.
  let isDirect: Bool
  let capacity: Double
  private let file: ScratchFile
  private let room: ReadRoom
  private var random = SystemRandomNumberGenerator()

  private static let fileBytes = 256 << 20
  /// What the profile's table holds.
  static let chunks = [4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20]
  static let depths = [1, 4, 16, 32]
  /// What one lap takes, about.
  private static let seconds = 0.04
  private static let groupRepeats = 3

  /// Writes a file of random bytes into `folder`, which lasts as long as this.
  ///
  /// - Throws: `Faults` when the folder cannot be written or read, `KernelFault` for want of memory.
  init(folder: String, chunks: [Int] = chunks, depths: [Int] = depths) throws {
    file = try ScratchFile(in: folder, bytes: Self.fileBytes)
    isDirect = file.isDirect
    room = try ReadRoom()
    let system = try FileManager.default.attributesOfFileSystem(forPath: folder)
    capacity = (system[.systemSize] as? NSNumber)?.doubleValue ?? Double(Self.fileBytes)
    cells = []
    for way in [FileReader.Way.uring, .threads] where try reader(way: way, depth: 1) != nil {
      cells += depths.flatMap { depth in
        chunks.map { Cell(chunk: $0, depth: depth, way: way) }
      }
    }
  }

  /// Reads every cell once.
  ///
  /// - Throws: `Faults`, `KernelFault` where the file cannot be read.
  func round() throws {
    var reader: FileReader?
    for place in cells.indices {
      let cell = cells[place]
      if place == 0 || (cells[place - 1].way, cells[place - 1].depth) != (cell.way, cell.depth) {
        reader = try self.reader(way: cell.way, depth: cell.depth)
      }
      guard let reader else { continue }
      let most = ReadRoom.least / cell.chunk
      if cell.count == 0 {
        let first = min(max(4, cell.depth * 2), most)
        let one = try lap(reader, cell.chunk, first) / Double(first)
        cells[place].count = max(first, min(most, Int(Self.seconds / one)))
      }
      let count = cells[place].count
      let seconds = try lap(reader, cell.chunk, count)
      cells[place].rates.append(Double(count * cell.chunk) / seconds)
      for _ in 0..<Self.groupRepeats {
        cells[place].groups.append(try lap(reader, cell.chunk, cell.depth))
      }
    }
  }

  /// Nil where the system has no io_uring.
  private func reader(way: FileReader.Way, depth: Int) throws -> FileReader? {
    let fault: KernelFault
    do throws(KernelFault) {
      return try FileReader(path: file.path, isDirect: isDirect, way: way, depth: depth)
    } catch {
      fault = error
    }
    if way == .uring { return nil }
    throw fault
  }

  /// Seconds of so many reads at random places.
  private func lap(_ reader: FileReader, _ chunk: Int, _ count: Int) throws -> Double {
    let places = Self.fileBytes / chunk
    let offsets = (0..<count).map { _ in Int.random(in: 0..<places, using: &random) * chunk }
    return max(try room.time(reader, offsets: offsets, bytes: chunk), 1e-7)
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
      let share = values["bandwidth-share"], let overlap = values["overlap"]
    else { return nil }
    func fitted<Q>(_ amount: Q) -> Figure<Q> {
      Figure(amount, source: HostMemory.timed, basis: .derived)
    }
    let service = ReadService(
      latency: fitted(Seconds(latency * 1e-6)), media: fitted(BytesPerSecond(media * 1e9)),
      host: fitted(Seconds(host * 1e-6)),
      bandwidth: fitted(BytesPerSecond(share * tier.bandwidth.value.value)),
      group: fitted(Seconds(0)), overlap: fitted(overlap))
    return ReadService(
      latency: service.latency, media: service.media, host: service.host,
      bandwidth: service.bandwidth, group: fitted(group(service)), overlap: service.overlap)
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
