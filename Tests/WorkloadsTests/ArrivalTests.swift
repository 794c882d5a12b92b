import Diagnostics
import NumericalMethods
import Quantities
import Testing
import Workloads

@Suite struct ArrivalTests {
  static func draw(_ gaps: GapDistribution, _ count: Int = 20_000) throws -> RequestStream {
    try RequestStream(
      drawing: count, gaps: gaps, prompts: .fixed(3), outputs: .fixed(2), seed: 11)
  }

  @Test func constantGaps() throws {
    let stream = try Self.draw(.constant(rate: PerSecond(4)), 3)
    #expect(
      stream.arrivals.map(\.picoseconds)
        == [250_000_000_000, 500_000_000_000, 750_000_000_000])
    #expect(stream.rate?.value == 4 && stream.burstiness == 0)
    #expect(stream.prompts == [3, 3, 3] && stream.outputs == [2, 2, 2])
  }

  /// Of 20,000 gaps the mean is within 4 deviations of it, and so is the variation, whose deviation
  /// is taken from the scatter of the form.
  @Test(
    arguments: [
      ("poisson", 1.0, 0.03), ("gamma", 0.5, 0.015), ("gamma", 3, 0.3), ("weibull", 0.5, 0.015),
      ("weibull", 3, 0.5),
    ])
  func rateAndVariation(form: String, variation: Double, tolerance: Double) throws {
    let rate = PerSecond(2)
    let gaps =
      switch form {
      case "poisson": try GapDistribution.poisson(rate: rate)
      case "gamma": try GapDistribution.gamma(rate: rate, variation: variation)
      default: try GapDistribution.weibull(rate: rate, variation: variation)
      }
    #expect(gaps.mean.value == 0.5)
    let stream = try Self.draw(gaps)
    let mean = try #require(stream.rate).value
    #expect(abs(mean / 2 - 1) < 4 * variation / 20_000.0.squareRoot())
    #expect(abs(try #require(stream.burstiness) - variation) < tolerance)
  }

  @Test func equalSeedsGiveEqualStreams() throws {
    let gaps = try GapDistribution.poisson(rate: PerSecond(1))
    let lengths = TokenLengths.logNormal(median: 100, spread: 1, within: 1...4000)
    func draw(_ seed: UInt64, _ gaps: GapDistribution) throws -> RequestStream {
      try RequestStream(drawing: 50, gaps: gaps, prompts: lengths, outputs: lengths, seed: seed)
    }
    #expect(try draw(1, gaps) == draw(1, gaps))
    #expect(try draw(1, gaps) != draw(2, gaps))
    // Another rate leaves the lengths as they are, and prompts are not outputs.
    let faster = try draw(1, try .poisson(rate: PerSecond(5)))
    #expect(try faster.prompts == draw(1, gaps).prompts && faster.prompts != faster.outputs)
  }

  @Test(
    arguments: [0, -1, Double.nan, .infinity, 1e-8, 1e10])
  func absurdRates(rate: Double) {
    #expect(throws: Faults.self) { try GapDistribution.poisson(rate: PerSecond(rate)) }
    #expect(throws: Faults.self) { try GapDistribution.constant(rate: PerSecond(rate)) }
  }

  @Test(arguments: [0, -1, Double.nan, .infinity, 1e3])
  func absurdVariations(variation: Double) {
    let rate = PerSecond(1)
    #expect(throws: Faults.self) { try GapDistribution.gamma(rate: rate, variation: variation) }
    #expect(throws: Faults.self) { try GapDistribution.weibull(rate: rate, variation: variation) }
  }

  @Test func arrivalsEndWithinAHundredDays() throws {
    let gaps = try GapDistribution.constant(rate: PerSecond(1e-6))
    #expect(throws: Faults.self) { try Self.draw(gaps, 9) }
    #expect(try Self.draw(gaps, 8).count == 8)
    #expect(throws: Faults.self) { try Self.draw(.constant(rate: PerSecond(1)), 0) }
  }

  /// A sum of 50 draws of shape 0.02 is one of shape 1, which is exponential: Kolmogorov and Smirnov
  /// refuse with chance 1e-6.
  @Test func smallShapesAddUp() throws {
    var draws = KeyedStream(seed: 3, purpose: "shapes")
    let sums = (0..<2000).map { _ in
      (0..<50).reduce(0.0) { sum, _ in sum + draws.gamma(shape: 0.02) }
    }
    let distance = try KolmogorovSmirnov.distance(sums) {
      1 - Elementary.exponential(-$0)
    }
    #expect(try KolmogorovSmirnov.upperTail(distance: distance, count: 2000) > 1e-6)
  }

  /// Half a chi-squared variable of k degrees is gamma of shape k/2.
  @Test(arguments: [1, 3, 8])
  func gammaAgreesWithChiSquared(degrees: Int) throws {
    var draws = KeyedStream(seed: 5, purpose: "gamma", entity: UInt64(degrees))
    let sample = (0..<4000).map { _ in 2 * draws.gamma(shape: Double(degrees) / 2) }
    let distance = try KolmogorovSmirnov.distance(sample) { value in
      do {
        return 1 - (try ChiSquared.upperTail(value, degreesOfFreedom: degrees))
      } catch {
        return .nan
      }
    }
    #expect(try KolmogorovSmirnov.upperTail(distance: distance, count: 4000) > 1e-6)
  }

  @Test func weibullAndNormalLaws() throws {
    var draws = KeyedStream(seed: 6, purpose: "laws")
    let powers = (0..<4000).map { _ in draws.weibull(shape: 0.4) }
      .map { Elementary.power($0, 0.4) }
    let distance = try KolmogorovSmirnov.distance(powers) { 1 - Elementary.exponential(-$0) }
    #expect(try KolmogorovSmirnov.upperTail(distance: distance, count: 4000) > 1e-6)
    // Squares of normal deviates are chi-squared of one degree.
    let squares = (0..<4000).map { _ in draws.normal() }.map { $0 * $0 }
    let mean = squares.reduce(0, +) / 4000
    // Five deviations of sqrt(2/4000).
    #expect(abs(mean - 1) < 0.112)
    // Shape 1 is exponential, and shape 2 has variation sqrt(4/pi - 1).
    #expect(abs(try GammaFunction.weibullVariation(shape: 1) - 1) < 1e-12)
    #expect(
      abs(try GammaFunction.weibullVariation(shape: 2) - (4 / Double.pi - 1).squareRoot()) < 1e-12)
  }
}
