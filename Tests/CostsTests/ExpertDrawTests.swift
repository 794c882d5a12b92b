import Programs
import Testing

/// Draws of expert loads against the same draws in Python and C.
struct ExpertDrawTests {
  struct Draw {
    var draw: ExpertDraw
    /// Active experts, slots, tokens, the busiest, foreign active.
    var counts: [Double]
    var tiles: [Double]
    var foreign: [Double]
    init(
      _ exponent: Double, _ tokens: Int, _ experts: Int, _ topK: Int, _ devices: Int,
      _ counts: [Double], _ tiles: [Double], _ foreign: [Double]
    ) {
      draw = ExpertDraw(
        exponent: exponent, tokens: tokens, experts: experts, topK: topK, devices: devices)
      (self.counts, self.tiles, self.foreign) = (counts, tiles, foreign)
    }
  }

  @Test(arguments: draws.indices)
  func drawEqualsReference(place: Int) {
    let row = Self.draws[place]
    let outcome = row.draw.outcome()
    let load = outcome.load
    let counts = [
      load.active, load.slots, load.tokens, load.mostLoaded, outcome.foreignActive,
    ]
    #expect(zip(counts, row.counts).allSatisfy { abs($0 - $1) < 1e-9 })
    for tile in 0..<4 {
      #expect(abs(load.tiles[tile] - row.tiles[tile]) < 1e-9)
      #expect(abs(outcome.foreignTiles[tile] - row.foreign[tile]) < 1e-9)
    }
  }

  /// 50 tokens on each of two experts: 4, 2, 1, 1 tiles of 16 to 128 rows, 7 of 8, 2 of 48.
  @Test func tilesAreCountedForEveryHeight() {
    let load = ExpertLoad(even: 100, over: 2, tokens: 100)
    #expect(ExpertLoad.tileRows == [16, 32, 64, 128, 8, 48])
    #expect(load.tiles == SIMD8(8, 4, 2, 2, 14, 4, 0, 0))
  }

  /// One token has eight choices, and none of 256 loads rounds to a slot: all go to experts 0 to 7.
  @Test(arguments: [(1, 8), (2, 8), (32, 8), (64, 4), (256, 1)])
  func earlyCollectorsGiveLeftoversToTheFirstDevice(devices: Int, active: Int) {
    var draw = ExpertDraw(exponent: 1.01, tokens: 1, experts: 256, topK: 8, devices: devices)
    draw.isEarly = true
    #expect(draw.outcome().load.active == Double(active))
    draw.isEarly = false
    #expect((draw.outcome().load.active == Double(active)) == (devices == 1 || devices == 256))
  }

  static let draws: [Draw] = [
    Draw(
      0.0, 1, 128, 8, 1, [8.0, 8.0, 1.0, 1.0, 0.0], [8.0, 8.0, 8.0, 8.0], [0.0, 0.0, 0.0, 0.0]),
    Draw(
      0.0, 16, 128, 8, 8, [16.0, 16.0, 16.0, 1.0, 0.0], [16.0, 16.0, 16.0, 16.0],
      [7.0, 3.0, 1.0, 0.0]),
    Draw(
      0.0, 200, 64, 6, 4, [16.0, 301.0, 200.0, 19.0, 0.0], [32.0, 16.0, 16.0, 16.0],
      [56.0, 28.0, 14.0, 7.0]),
    Draw(
      0.0, 96, 512, 22, 16, [32.0, 152.0, 96.0, 5.0, 0.0], [32.0, 32.0, 32.0, 32.0],
      [122.0, 61.0, 30.0, 15.0]),
    Draw(
      1.01, 1, 128, 8, 1, [8.0, 8.0, 1.0, 1.0, 0.0], [8.0, 8.0, 8.0, 8.0], [0.0, 0.0, 0.0, 0.0]),
    Draw(
      1.01, 16, 128, 8, 8, [9.625, 24.125, 13.5, 4.875, 0.125], [9.625, 9.625, 9.625, 9.625],
      [5.0, 2.375, 1.125, 0.125]),
    Draw(
      1.01, 200, 64, 6, 4, [16.0, 431.75, 188.375, 87.625, 0.0], [35.875, 24.125, 18.625, 16.0],
      [43.625, 21.625, 10.75, 5.125]),
    Draw(
      1.01, 96, 512, 22, 16, [28.0, 172.375, 82.375, 17.125, 0.125], [29.25, 28.0, 28.0, 28.0],
      [102.25, 51.0, 25.25, 12.375]),
    Draw(
      1.2, 1, 128, 8, 1, [8.0, 8.0, 1.0, 1.0, 0.0], [8.0, 8.0, 8.0, 8.0], [0.0, 0.0, 0.0, 0.0]),
    Draw(
      1.2, 16, 128, 8, 8, [9.125, 25.5, 14.0, 6.375, 0.0], [9.125, 9.125, 9.125, 9.125],
      [5.0, 2.25, 1.0, 0.0]),
    Draw(
      1.2, 200, 64, 6, 4, [16.0, 449.875, 198.875, 112.0, 0.0], [37.625, 24.625, 19.25, 16.25],
      [46.375, 23.25, 11.375, 5.5]),
    Draw(
      1.2, 96, 512, 22, 16, [28.375, 178.625, 87.5, 21.625, 0.125],
      [31.625, 28.375, 28.375, 28.375], [109.0, 54.25, 27.0, 13.375]),
  ]
}
