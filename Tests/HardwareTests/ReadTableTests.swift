import Hardware
import Quantities
import Testing

@Suite struct ReadTableTests {
  /// Rates in MB/s: 4 kB 100 and 400, 400 kB 1,000 and 1,600, at depths 1 and 16.
  static let table = ReadTable([
    point(400_000, 16, 1600e6), point(4000, 1, 100e6), point(400_000, 1, 1000e6),
    point(4000, 16, 400e6),
  ])

  static func point(_ chunk: Double, _ depth: Int, _ rate: Double) -> ReadTable.Point {
    ReadTable.Point(
      chunk: Bytes(chunk), depth: depth,
      throughput: Figure(BytesPerSecond(rate), source: "hand", basis: .measured))
  }

  @Test(arguments: [
    // Measured points.
    (4000, 1, 100e6), (4000, 16, 400e6), (400_000, 1, 1000e6), (400_000, 16, 1600e6),
    // Half way in the logarithm of the chunk: the geometric mean of 100 and 1,000, 400 and 1,600.
    (40_000, 1, 316_227_766.016_838), (40_000, 16, 800e6),
    // Half way in the logarithm of the depth: the geometric mean of 100 and 400.
    (4000, 4, 200e6), (400_000, 4, 1_264_911_064.067_352),
    // Half way in both.
    (40_000, 4, 502_973_371.873_174),
    // Beyond the largest chunk and the depths the nearest row holds.
    (4_000_000, 1, 1000e6), (4000, 64, 400e6), (4000, 0.5, 100e6),
    // Below the smallest chunk the number of requests a second holds.
    (1000, 1, 25e6), (400, 16, 40e6), (1000, 4, 50e6),
  ])
  func throughput(chunk: Double, depth: Double, expected: Double) {
    let rate = Self.table.throughput(chunk: Bytes(chunk), depth: depth).value
    #expect(abs(rate / expected - 1) < 1e-9)
  }

  @Test func neverFallsWithChunkOrDepthInARisingTable() {
    let depths = [1.0, 1.5, 2, 4, 9, 16, 40]
    let chunks: [Double] = (0...60).map { step in
      let octave = Double(1 << (step / 4))
      let fraction = 1 + Double(step % 4) / 4
      return 100 * octave * fraction
    }
    func rate(_ chunk: Double, _ depth: Double) -> Double {
      Self.table.throughput(chunk: Bytes(chunk), depth: depth).value
    }
    let rounding = 1 - 1e-12
    for (depth, deeper) in zip(depths, depths.dropFirst()) {
      for (chunk, larger) in zip(chunks, chunks.dropFirst()) {
        #expect(rate(larger, depth) >= rate(chunk, depth) * rounding)
        #expect(rate(chunk, deeper) >= rate(chunk, depth) * rounding)
      }
    }
  }

  @Test func sortsItsPoints() {
    #expect(Self.table.points.map(\.depth) == [1, 1, 16, 16])
    #expect(Self.table.points.map(\.chunk.value) == [4000, 400_000, 4000, 400_000])
  }
}
