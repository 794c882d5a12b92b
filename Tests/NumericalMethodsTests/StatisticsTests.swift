import NumericalMethods
import Testing

@Suite struct QuantileTests {
  @Test(arguments: [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)])
  func interpolated(share: Double, expected: Double) throws {
    #expect(abs(try Quantiles([3, 1, 4, 2]).interpolated(share) - expected) < 1e-12)
  }

  @Test func nearestRankIsAValueThatOccurred() throws {
    let hundred = try Quantiles((1...100).map(Double.init).reversed())
    #expect(try hundred.nearestRank(0.07) == 7)
    #expect(try hundred.nearestRank(0.99) == 99)
    #expect(try hundred.nearestRank(0.991) == 100)
    #expect(try hundred.nearestRank(0) == 1)
    #expect(hundred.median == 50.5)
  }

  @Test func refusals() throws {
    #expect(throws: NumericalFault.tooFew(argument: "values", found: 0, needed: 1)) {
      try Quantiles([])
    }
    #expect(throws: NumericalFault.notFinite(argument: "values", index: 1)) {
      try Quantiles([1, .infinity])
    }
    let one = try Quantiles([1])
    #expect(throws: NumericalFault.self) { try one.nearestRank(.nan) }
    #expect(throws: NumericalFault.self) { try one.interpolated(1.01) }
  }
}

@Suite struct TailTests {
  /// Published tables of the chi-squared distribution (NIST handbook, 1.3.6.7.4).
  @Test(arguments: [(0.05, 1, 3.841), (0.05, 10, 18.307), (0.01, 5, 15.086), (0.001, 100, 149.449)])
  func chiSquared(tail: Double, freedom: Int, statistic: Double) throws {
    #expect(
      abs(try ChiSquared.critical(tail: tail, degreesOfFreedom: freedom) - statistic) < 5e-4)
    #expect(
      abs(try ChiSquared.upperTail(statistic, degreesOfFreedom: freedom) / tail - 1) < 1e-3)
  }

  /// A die by hand: 22, 21, 22, 27, 22, 36 of 150 gives 6.72 with 5 degrees of freedom, p = 0.2423.
  @Test func die() throws {
    let p = try ChiSquared.fit(
      observed: [22, 21, 22, 27, 22, 36], expected: Array(repeating: 25, count: 6))
    #expect(abs(p - 0.2423) < 1e-4)
    #expect(throws: NumericalFault.outOfRange(argument: "expected", found: 4, allowed: "5 or more"))
    {
      try ChiSquared.fit(observed: [4, 6], expected: [4, 6])
    }
  }

  /// Critical distances of Massey, JASA 46 (1951), which are rounded to two or three digits.
  @Test(arguments: [(0.294, 20, 0.05), (0.23, 35, 0.05), (0.27, 35, 0.01)])
  func kolmogorov(distance: Double, count: Int, tail: Double) throws {
    let p = try KolmogorovSmirnov.upperTail(distance: distance, count: count)
    #expect(p / tail > 0.7 && p / tail < 1.3)
  }

  /// λ = 1.3581 leaves 5% and 1.6276 leaves 1%, where √n is large.
  @Test(arguments: [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01)])
  func kolmogorovLimit(lambda: Double, tail: Double) throws {
    let p = try KolmogorovSmirnov.upperTail(distance: lambda / 1e6, count: 1_000_000_000_000)
    #expect(abs(p / tail - 1) < 1e-3)
  }

  @Test func distanceByHand() throws {
    // Uniform, 0.1, 0.4, 0.9: the largest gap is 2/3 - 0.4.
    #expect(abs(try KolmogorovSmirnov.distance([0.9, 0.1, 0.4]) { $0 } - (2.0 / 3 - 0.4)) < 1e-12)
    #expect(try KolmogorovSmirnov.upperTail(distance: 0, count: 5) == 1)
    #expect(throws: NumericalFault.self) {
      try KolmogorovSmirnov.upperTail(distance: 1.1, count: 5)
    }
  }
}

@Suite struct MeanTests {
  /// Published t: 2.776 for 4 degrees of freedom at 95%.
  @Test func interval() throws {
    let sample = try SampleMean(of: [1, 2, 3, 4, 5])
    #expect(sample.mean == 3)
    #expect(abs(sample.standardDeviation - 2.5.squareRoot()) < 1e-12)
    let interval = try sample.interval(level: 0.95)
    #expect(abs(interval.high - (3 + 2.776445 * 0.5.squareRoot())) < 1e-6)
    #expect(abs(interval.low + interval.high - 6) < 1e-12)
  }

  @Test(arguments: [(0.95, 10, 2.228139), (0.99, 1, 63.656741), (0.90, 30, 1.697261)])
  func student(level: Double, freedom: Int, t: Double) throws {
    #expect(abs(try StudentT.twoSided(level: level, degreesOfFreedom: freedom) - t) < 1e-6)
  }

  @Test func refusals() throws {
    #expect(throws: NumericalFault.tooFew(argument: "values", found: 1, needed: 2)) {
      try SampleMean(of: [1])
    }
    let sample = try SampleMean(of: [1, 2])
    #expect(throws: NumericalFault.self) { try sample.interval(level: 1) }
  }
}
