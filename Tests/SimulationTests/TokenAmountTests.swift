import Policies
import Testing

@Suite struct TokenAmountTests {
  @Test(arguments: [
    (TokenAmount(keep: 2048), 4096.0, 2048.0),
    (TokenAmount(keep: 2048), 1000, 1000),
    (TokenAmount(share: 0.25), 4096, 1024),
    (TokenAmount(every: 16), 4096, 256),
    (TokenAmount(sink: 4, recent: 60, keep: 100, share: 0.5, every: 10), 1000, 764),
    (TokenAmount(share: 0.75, every: 2), 1000, 1000),
    (.all, 12345, 12345),
    (TokenAmount(), 12345, 0),
  ])
  func partsAddUpAndStayBelowWhatIsSeen(_ amount: TokenAmount, _ seen: Double, _ meant: Double) {
    #expect(amount.of(seen) == meant)
  }

  /// The closed form against the sum term by term.
  @Test(arguments: [
    TokenAmount(keep: 7), TokenAmount(sink: 2, recent: 5, share: 0.25), TokenAmount(every: 8),
    .all, TokenAmount(share: 0.9, every: 5), TokenAmount(), TokenAmount(keep: 1000),
  ])
  func sumsOfCausalPasses(_ amount: TokenAmount) {
    for (first, last) in [(1, 1), (1, 100), (3, 57), (50, 49), (0, 20)] {
      let terms = first <= last ? (first...last).reduce(0) { $0 + amount.of(Double($1)) } : 0
      #expect(abs(amount.sum(from: first, through: last) - terms) < 1e-9 * max(1, terms))
    }
  }

  @Test func ofTenQueriesSeven() {
    // 1 + 2 + 3 + 4 + 5 + 6 + 7 + 7 + 7 + 7
    #expect(TokenAmount(keep: 7).sum(from: 1, through: 10) == 49)
    // 0.5, 1, … 5
    #expect(TokenAmount(share: 0.5).sum(from: 1, through: 10) == 27.5)
  }

  @Test func rangesOfLayers() {
    let half = LayerRange.depth(0.5..<1)
    #expect((0..<32).filter { half.contains($0, of: 32) } == Array(16..<32))
    #expect((0..<3).filter { LayerRange.depth(0..<0.5).contains($0, of: 3) } == [0, 1])
    #expect((0..<3).filter { half.contains($0, of: 3) } == [2])
    #expect((0..<9).filter { LayerRange.places(2...4).contains($0, of: 9) } == [2, 3, 4])
    #expect((0..<9).allSatisfy { LayerRange.all.contains($0, of: 9) })
  }
}
