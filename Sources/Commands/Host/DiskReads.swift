import Hardware
import Kernels
import Quantities

/// Reads pieces of a file by number, and counts them.
///
/// Neighbours by number lie apart in the file, so that the system makes one read of no two: the
/// profile's table is of reads at random places.
struct DiskReads {
  private let file: ScratchFile
  private let reader: FileReader
  private(set) var reads = 0
  private(set) var bytes = 0

  /// - Throws: `KernelFault` where the file cannot be read.
  init(_ file: ScratchFile, depth: Int) throws(KernelFault) {
    self.file = file
    reader = try FileReader(path: file.path, isDirect: file.isDirect, depth: depth)
  }

  /// Reads pieces of so many bytes each and waits for all; the seconds it took, 0 for none.
  ///
  /// - Throws: `KernelFault` where the room does not hold them or the file cannot be read.
  mutating func read(
    _ pieces: [Int], bytes: Int, into room: ReadRoom
  ) throws(KernelFault) -> Double {
    guard !pieces.isEmpty else { return 0 }
    let count = file.bytes / bytes
    let stride = Self.stride(count)
    let offsets = pieces.map { $0 * stride % count * bytes }
    let seconds = try room.time(reader, offsets: offsets, bytes: bytes)
    reads += pieces.count
    self.bytes += pieces.count * bytes
    return seconds
  }

  /// About 0.618 of `count`, and without a common factor: each piece keeps a place of its own, and
  /// those of near numbers lie far apart.
  static func stride(_ count: Int) -> Int {
    func common(_ a: Int, _ b: Int) -> Int { b == 0 ? a : common(b, a % b) }
    var stride = max(1, count * 618 / 1000)
    while common(stride, count) != 1 { stride += 1 }
    return stride
  }
}

/// Reads as the calibration's, carried out between the steps of a replay: they tell a disk that has
/// changed since from a prediction that is wrong.
///
/// They are of the chunks and depths of the profile's table around those of the replay, not of the
/// replay's own, so that what lies between the table's points stays predicted.
struct ControlReads {
  private struct Cell {
    let reader: FileReader
    let chunk: Int
    let count: Int
    /// Seconds of one lap by the table.
    let expected: Double
    var laps: [Double] = []
  }

  private var cells: [Cell] = []
  /// What the largest lap reads.
  private(set) var bytes = 0
  private let file: ScratchFile
  private var random = SystemRandomNumberGenerator()

  /// What a lap of one cell takes, about.
  private static let seconds = 0.01

  /// - Throws: `KernelFault` where the file cannot be read.
  init(
    _ file: ScratchFile, _ table: ReadTable, chunk: Int, depth: Double
  ) throws(KernelFault) {
    self.file = file
    for point in table.points
    where Self.isBeside(Double(chunk), point.chunk.value, table.points.map(\.chunk.value))
      && Self.isBeside(depth, Double(point.depth), table.points.map { Double($0.depth) })
    {
      let each = point.chunk / point.throughput.value
      let count = max(2 * point.depth, Int(Self.seconds / each.value))
      let size = Int(point.chunk.value)
      guard size * 4 <= file.bytes else { continue }
      bytes = max(bytes, count * size)
      cells.append(
        Cell(
          reader: try FileReader(path: file.path, isDirect: file.isDirect, depth: point.depth),
          chunk: size, count: count, expected: each.value * Double(count)))
    }
  }

  /// Whether no other of `all` lies between the two.
  private static func isBeside(_ wanted: Double, _ one: Double, _ all: [Double]) -> Bool {
    let (low, high) = (min(wanted, one), max(wanted, one))
    return !all.contains { $0 != one && $0 >= low && $0 <= high }
  }

  /// Reads every cell once.
  ///
  /// - Throws: `KernelFault` where the room does not hold `bytes` or the file cannot be read.
  mutating func lap(into room: ReadRoom) throws(KernelFault) {
    for place in cells.indices {
      let cell = cells[place]
      let places = file.bytes / cell.chunk
      let offsets = (0..<cell.count).map { _ in
        Int.random(in: 0..<places, using: &random) * cell.chunk
      }
      cells[place].laps.append(
        try room.time(cell.reader, offsets: offsets, bytes: cell.chunk))
    }
  }

  /// Their time now over that of the table: of the laps of each cell, and of the cells, the middle
  /// one; nil where nothing was read.
  var slowness: Double? {
    let each = cells.compactMap { cell in
      cell.laps.isEmpty ? nil : Repeated(cell.laps).median / cell.expected
    }
    return each.isEmpty ? nil : Repeated(each).median
  }
}
