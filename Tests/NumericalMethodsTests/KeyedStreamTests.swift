import NumericalMethods
import Testing

@Suite struct KeyedStreamTests {
  /// Random123's published known-answer vectors for philox4x32-10.
  @Test(
    arguments: [
      (
        [0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(counter: [UInt32], key: [UInt32], answer: [UInt32]) {
    let block = Philox4x32.block(counter: SIMD4(counter), key: SIMD2(key))
    #expect(block == SIMD4(answer))
  }

  @Test func streamsDependOnEachPartOfTheirKey() {
    func first(_ seed: UInt64, _ purpose: KeyedStream.Purpose, _ entity: UInt64) -> UInt64 {
      var stream = KeyedStream(seed: seed, purpose: purpose, entity: entity)
      return stream.next()
    }
    #expect(first(1, "a", 2) == first(1, "a", 2))
    let all = [
      first(1, "a", 2), first(2, "a", 2), first(1 << 32, "a", 2), first(1, "b", 2),
      first(1, "a", 3), first(1, "a", 1 << 32),
    ]
    #expect(Set(all).count == all.count)
  }

  /// Chi-squared over 10 cells, 100,000 draws: 9 degrees of freedom exceed 54 with chance 2e-8.
  @Test func belowIsEven() {
    var stream = KeyedStream(seed: 7, purpose: "test")
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 { counts[stream.below(10)] += 1 }
    let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - 1e4) * (Double($1) - 1e4) / 1e4 }
    #expect(chiSquared < 54)
  }

  @Test func uniformStaysInItsRangeAndCentres() {
    var stream = KeyedStream(seed: 7, purpose: "uniform")
    var sum = 0.0
    for _ in 0..<100_000 {
      let draw = stream.uniform()
      #expect(draw >= 0 && draw < 1)
      sum += draw
    }
    // The mean's standard error is 0.00091; six of them fail once in 5e8.
    #expect(abs(sum / 1e5 - 0.5) < 0.0055)
  }
}
