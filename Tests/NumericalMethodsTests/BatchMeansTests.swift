import NumericalMethods
import Testing

@Suite struct BatchMeansTests {
  /// 1 to 100 in batches of 10: means 5.5, 15.5, … around 50.5 leave squares of 8,250, so the error is
  /// sqrt(8250 / 90) and t(0.975, 9) is 2.262157.
  @Test func byHand() throws {
    let batches = try BatchMeans((1...100).map(Double.init))
    let mean = try batches.mean()
    #expect(mean.value == 50.5)
    let interval = try #require(mean.interval)
    #expect(abs(interval.high - 50.5 - 2.262157 * (8250.0 / 90).squareRoot()) < 1e-4)
    #expect(abs(interval.low + interval.high - 101) < 1e-9)
    #expect(try batches.quantile(0.5).value == 50)
    #expect(try batches.quantile(0.99).value == 99)
    // Batches of 200 are what a 99th percentile takes, five at least.
    #expect(try batches.quantile(0.99).interval == nil)
    #expect(try batches.quantile(1).interval == nil && batches.quantile(1).value == 100)
  }

  @Test func smallSamples() throws {
    #expect(throws: NumericalFault.self) { try BatchMeans([]) }
    #expect(throws: NumericalFault.self) { try BatchMeans([1, .nan]) }
    let one = try BatchMeans([3])
    #expect(try one.mean().value == 3 && one.mean().interval == nil)
    #expect(throws: NumericalFault.self) { try one.mean(level: 1) }
    #expect(throws: NumericalFault.self) { try one.quantile(1.5) }
    #expect(try BatchMeans((0..<49).map(Double.init)).mean().interval == nil)
    #expect(try BatchMeans((0..<50).map(Double.init)).mean().interval != nil)
  }

  /// x(i) = 0.7 x(i-1) + a normal deviate, from its steady state: mean 0, deviation 1.400280. Of 300
  /// runs the 95% interval must hold the true figure in at least 265 and not in all: fewer has
  /// chance 1e-5 at a coverage of 93%.
  @Test func intervalsCover() throws {
    var draws = KeyedStream(seed: 12, purpose: "coverage")
    let deviation = 1 / (1 - 0.49).squareRoot()
    var held = (mean: 0, p90: 0)
    for _ in 0..<300 {
      var x = deviation * draws.normal()
      let values = (0..<2000).map { _ in
        x = 0.7 * x + draws.normal()
        return x
      }
      let batches = try BatchMeans(values)
      if try batches.mean().interval?.contains(0) == true { held.mean += 1 }
      if try batches.quantile(0.9).interval?.contains(1.281552 * deviation) == true {
        held.p90 += 1
      }
    }
    #expect((265..<300).contains(held.mean), "\(held.mean)")
    #expect((265..<300).contains(held.p90), "\(held.p90)")
  }

  /// Waits of M/M/1 at half load, from an empty queue: a mean of 1 service time, by Lindley's
  /// recursion. Of 40 runs at least 33 intervals hold it.
  @Test func waitsOfAQueue() throws {
    var draws = KeyedStream(seed: 2, purpose: "queue")
    var held = 0
    for _ in 0..<40 {
      var wait = 0.0
      let waits = (0..<8000).map { _ in
        let now = wait
        wait = max(0, wait + draws.exponential() - 2 * draws.exponential())
        return now
      }
      if try SteadySummary(waits).mean.interval?.contains(1) == true { held += 1 }
    }
    #expect(held >= 33, "\(held)")
  }
}

@Suite struct WarmUpTests {
  /// Ten fives: the first two are 9, the others 1: what is left after them has no scatter.
  @Test func byHand() throws {
    let values = [Double](repeating: 9, count: 10) + [Double](repeating: 1, count: 40)
    #expect(try WarmUp.mser5(values) == 10)
  }

  /// Over all n fives of a constant the error is 0 everywhere, and nothing is discarded.
  @Test func nothingOfASteadyRun() throws {
    #expect(try WarmUp.mser5([Double](repeating: 4, count: 200)) == 0)
    #expect(try WarmUp.mser5([1, 2, 3]) == 0)
    #expect(throws: NumericalFault.self) { try WarmUp.mser5([1, .infinity]) }
  }

  /// A start that dies away within 100 values of 2,000 goes, with little more.
  @Test func transients() throws {
    var draws = KeyedStream(seed: 8, purpose: "warm-up")
    let values = (0..<2000).map { index in
      20 * max(0, 1 - Double(index) / 100) + draws.normal()
    }
    let discarded = try WarmUp.mser5(values)
    #expect((80...300).contains(discarded), "\(discarded)")
    let summary = try SteadySummary(values)
    #expect(summary.discarded == discarded && summary.count == 2000)
    #expect(abs(summary.mean.value) < 0.15)
    #expect(try SteadySummary(values, discarding: 0).mean.value > 0.3)
    #expect(throws: NumericalFault.self) { try SteadySummary(values, discarding: 2001) }
    #expect(throws: NumericalFault.self) { try SteadySummary(values, discarding: 2000) }
  }

  /// A run that never settles discards what it may at most: half.
  @Test func growth() throws {
    #expect(try WarmUp.mser5((0..<100).map { Double($0 * $0) }) == 50)
  }
}
