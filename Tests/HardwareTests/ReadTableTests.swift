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

@Suite struct ReadServiceTests {
  /// Latency 60 us, host 10 us, 1 GB/s alone and together.
  static func service(_ overlap: Double?) -> ReadService {
    func figure<Q>(_ amount: Q) -> Figure<Q> { Figure(amount, source: "hand", basis: .measured) }
    return ReadService(
      latency: figure(Seconds(60e-6)), media: figure(BytesPerSecond(1e9)),
      host: figure(Seconds(10e-6)), bandwidth: figure(BytesPerSecond(1e9)),
      group: figure(Seconds(0)), overlap: overlap.map(figure))
  }

  /// 10,000 bytes take 10 us, so that one read alone takes 80 us; by depth 8 that is 10 us too.
  @Test(arguments: [
    // Three limits of 10 us: the root of the sum of squares, their sum, the cube root.
    (nil, 8.0, 17.320508075688775), (2.0, 8, 17.320508075688775), (1.0, 8, 30),
    (3.0, 8, 14.422495703074083), (1.0, 1, 100),
  ])
  func interval(overlap: Double?, depth: Double, us: Double) {
    let interval = Self.service(overlap).interval(chunk: Bytes(10_000), depth: depth)
    #expect(abs(interval.value * 1e6 / us - 1) < 1e-12)
  }
}
