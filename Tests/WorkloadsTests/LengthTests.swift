import Diagnostics
import Quantities
import Testing
import Workloads

@Suite struct LengthTests {
  static func draw(_ lengths: TokenLengths, _ count: Int = 20_000) throws -> [Int32] {
    try RequestStream(
      drawing: count, gaps: .constant(rate: PerSecond(1e3)), prompts: lengths,
      outputs: .fixed(1), seed: 2
    ).prompts
  }

  @Test func uniformLengthsReachBothEnds() throws {
    let drawn = try Self.draw(.uniform(5...8))
    #expect(Set(drawn) == [5, 6, 7, 8])
    // A fourth each, within 5 deviations of 61.
    for length in 5...8 {
      #expect(abs(drawn.count { $0 == length } - 5000) < 306)
    }
  }

  /// Half lie below the median, within 5 deviations, and 84.1% below one deviation above.
  @Test func logNormalLengths() throws {
    let drawn = try Self.draw(.logNormal(median: 1000, spread: 0.8, within: 1...100_000))
    #expect(abs(drawn.count { $0 < 1000 } - 10_000) < 355)
    #expect(abs(drawn.count { Double($0) < 1000 * 2.225541 } - 16_827) < 260)
    let cut = try Self.draw(.logNormal(median: 1000, spread: 3, within: 100...2000))
    #expect(cut.min() == 100 && cut.max() == 2000)
  }

  @Test func histogramsIncludeTheEndsOfBins() throws {
    let histogram = try LengthHistogram([
      .init(lengths: 10...12, weight: 3), .init(lengths: 2...2, weight: 1),
      .init(lengths: 5...6, weight: 0),
    ])
    #expect(histogram.mean == 8.75 && histogram.bins.count == 2)
    let drawn = try Self.draw(.histogram(histogram))
    #expect(Set(drawn) == [2, 10, 11, 12])
    for length in [2, 10, 11, 12] as [Int32] {
      #expect(abs(drawn.count { $0 == length } - 5000) < 306)
    }
  }

  /// A log has the lengths it has, from the first again.
  @Test func listedLengths() throws {
    #expect(try Self.draw(.listed([7, 9, 8]), 5) == [7, 9, 8, 7, 9])
  }

  /// 1...4 with weight 1 and 3...6 with weight 3 are halves and three quarters to each.
  @Test func mixtures() throws {
    let mixed = try LengthHistogram.mixture([
      (LengthHistogram([.init(lengths: 1...4, weight: 2)]), 1),
      (LengthHistogram([.init(lengths: 3...6, weight: 5)]), 3),
    ])
    #expect(
      mixed.bins == [
        .init(lengths: 1...2, weight: 0.5), .init(lengths: 3...4, weight: 2),
        .init(lengths: 5...6, weight: 1.5),
      ])
    #expect(mixed.mean == (2.5 + 3 * 4.5) / 4)
  }

  @Test(
    arguments: [
      .fixed(0), .fixed(-3), .fixed(RequestStream.longest + 1), .uniform(0...4), .listed([]),
      .listed([4, 0]), .logNormal(median: .nan, spread: 1, within: 1...2),
      .logNormal(median: 1, spread: -1, within: 1...2),
      .logNormal(median: 1, spread: 1, within: 0...2),
    ] as [TokenLengths])
  func absurdLengths(lengths: TokenLengths) {
    #expect(throws: Faults.self) { try Self.draw(lengths, 3) }
  }

  @Test(
    arguments: [
      [], [.init(lengths: 1...2, weight: 0)], [.init(lengths: 1...2, weight: -1)],
      [.init(lengths: 1...2, weight: .nan)], [.init(lengths: 1...2, weight: .infinity)],
      [.init(lengths: -1...2, weight: 1)],
      [.init(lengths: 1...5, weight: 1), .init(lengths: 5...6, weight: 1)],
    ] as [[LengthHistogram.Bin]])
  func absurdHistograms(bins: [LengthHistogram.Bin]) {
    #expect(throws: Faults.self) { try LengthHistogram(bins) }
  }
}
