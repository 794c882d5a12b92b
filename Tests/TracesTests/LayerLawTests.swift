import Quantities
import Testing

@testable import Traces

/// How the laws of neurons change with density, by hand.
@Suite struct LayerLawTests {
  private func isClose(_ a: Double, _ b: Double, within bound: Double = 1e-6) -> Bool {
    abs(a - b) <= bound * max(abs(b), 1e-3)
  }

  /// Shares 1/4 and 3/4 have a mean of 1/2 as they are. From 1/5 to 1/2 odds rise from 1/4 to 1.
  @Test func factorByHand() {
    let mean = { (shares: [Double]) in shares.reduce(0, +) / Double(shares.count) }
    let two = [0.25, 0.75].map(Odds.logarithm)
    #expect(abs(Odds.factor(of: two, share: 0.5, mean)) < 1e-6)
    let equal = [0.2, 0.2, 0.2].map(Odds.logarithm)
    #expect(isClose(Odds.factor(of: equal, share: 0.5, mean), Elementary.logarithm(4)))
  }

  @Test func rootOfAFlatAndSteepFunction() {
    let root = MonotoneRoot.find(from: -10, to: 10, tolerance: 1e-12) { $0 * $0 * $0 - 8 }
    #expect(isClose(root, 2))
    // A crossing outside gives the nearer end.
    #expect(MonotoneRoot.find(from: 3, to: 10, tolerance: 1e-12) { $0 - 2 } == 3)
    #expect(MonotoneRoot.find(from: -3, to: 1, tolerance: 1e-12) { $0 - 2 } == 1)
  }

  /// What fires independently of the past does so at any density: a chance of 0.1 at every age
  /// becomes one of 0.3.
  @Test func independenceStays() {
    let law = RepeatLaw(hazards: [0, 0.1, 0.1, 0.1])
    let shifted = law.shifted(from: 0.1, to: 0.3)
    for age in 1...3 { #expect(isClose(shifted.hazard(age), 0.3)) }
  }

  /// A chance of 1/2 at age 1 and of 1/10 beyond: the mean gap is 1 + (1/2) / (1/10) = 6. Twice the
  /// odds make it 2/3 and 2/11, and the mean gap 1 + (1/3) / (2/11) = 17/6.
  @Test func twiceTheOddsByHand() {
    let law = RepeatLaw(hazards: [0, 0.5])
    #expect(isClose(law.pace(frequency: 1.0 / 6).tailHazard, 0.1))
    let shifted = law.shifted(from: 1.0 / 6, to: 6.0 / 17)
    #expect(isClose(shifted.hazard(1), 2.0 / 3))
    #expect(isClose(shifted.pace(frequency: 6.0 / 17).tailHazard, 2.0 / 11))
    #expect(shifted.pace(frequency: 6.0 / 17).extraRepeat < 1e-6)
    // And back.
    let again = shifted.shifted(from: 6.0 / 17, to: 1.0 / 6)
    #expect(isClose(again.hazard(1), 0.5))
  }

  /// Neurons that never fired say nothing of repeats, so they fire independently.
  @Test func silentNeuronsFireIndependently() {
    let law = RepeatLaw(gaps: [0, 0, 0], longer: 0)
    #expect(isClose(law.shifted(from: 0, to: 0.2).hazard(1), 0.2))
  }

  /// A layer of equal neurons that fire independently with chance f: 1 - (1 - f)^w fire in w steps.
  @Test(arguments: [(0.2, 3, 0.488), (0.5, 2, 0.75), (0.1, 4, 0.3439)])
  func workingSetByHand(_ density: Double, _ window: Int, _ share: Double) {
    // Each of 64 neurons fires at every tenth of 640 steps, at its own phase.
    let fit = RepeatFit(universe: 64, steps: 640, classes: 1) { touch in
      for step in 0..<640 {
        for neuron in 0..<64 where KeyedCoin.isUp(neuron, step, of: 10) { touch(neuron, step) }
      }
    }
    let law = LayerLaw(fit, count: 64, density: density, skew: 0)
    #expect(isClose(law.frequencies.reduce(0, +) / 64, density))
    let found = law.workingSet(window: window)
    print("working set of \(window) at \(density): \(found), independent \(share)")
    #expect(abs(found - share) <= 0.02 * share)
  }

  /// The more unevenly neurons are used, the fewer take part in a few steps; the density stays.
  @Test func skewNarrowsTheWorkingSet() {
    let fit = RepeatFit(universe: 64, steps: 640, classes: 8) { touch in
      for step in 0..<640 {
        for neuron in 0..<64 where KeyedCoin.isUp(neuron, step, of: 3 + neuron) {
          touch(neuron, step)
        }
      }
    }
    var last = 1.0
    for skew in [0.0, 0.5, 1, 2, 4, 12] {
      let law = LayerLaw(fit, count: 64, density: 0.12, skew: skew)
      // Neurons that would fire always fire 999 times in 1,000.
      #expect(isClose(law.frequencies.reduce(0, +) / 64, 0.12, within: 2e-3))
      let found = law.workingSet(window: 8)
      #expect(found < last && found > 0.1197, "skew \(skew)")
      last = found
    }
  }
}

/// A coin for each (neuron, step), up once in `of` on average.
private enum KeyedCoin {
  static func isUp(_ neuron: Int, _ step: Int, of sides: Int) -> Bool {
    var mixed = UInt64(truncatingIfNeeded: neuron &* 1_000_003 &+ step)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(sides)) == 0
  }
}
