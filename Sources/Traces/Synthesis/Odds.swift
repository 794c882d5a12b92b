import Quantities

/// Chances as logarithms of their odds.
enum Odds {
  /// Chances are kept this far from 0 and 1.
  private static let least = 1e-9

  static func logarithm(_ share: Double) -> Double {
    let share = max(least, min(1 - least, share))
    return Elementary.logarithm(share / (1 - share))
  }

  static func share(_ logarithm: Double) -> Double {
    1 / (1 + Elementary.exponential(-logarithm))
  }

  /// The logarithm of the factor on all odds with which `mean` of the shares is `share`.
  ///
  /// - Parameters:
  ///   - odds: logarithms; not empty.
  ///   - mean: rises with each share, and is `share` when all shares are.
  static func factor(
    of odds: [Double], share: Double, _ mean: ([Double]) -> Double
  ) -> Double {
    let wanted = logarithm(share)
    let (least, most) = (odds.min() ?? 0, odds.max() ?? 0)
    return MonotoneRoot.find(
      from: wanted - most - 1, to: wanted - least + 1, tolerance: 1e-9 * share
    ) { factor in mean(odds.map { Odds.share($0 + factor) }) - share }
  }
}

extension RepeatLaw {
  /// An age at which nothing was recorded is taken to be this much less likely than chance: a
  /// recording is short, and zero would stay zero at any density.
  private static let leastRatio = 1.0 / 16

  /// This law of entries of one frequency for entries of another one: the odds of a touch at each
  /// age and beyond the span are multiplied by one factor, so that the mean gap is as long as the
  /// new frequency asks.
  func shifted(from recorded: Double, to frequency: Double) -> RepeatLaw {
    guard frequency > FrequencyCurve.least else { return self }
    let chance = Odds.logarithm(recorded)
    var ratios = [Double](repeating: 0, count: span + 1)
    // Entries that never fired say nothing of repeats.
    if recorded > 0 {
      let tail = pace(frequency: recorded).tailHazard
      let hazards = (1...span).map(hazard) + [tail]
      ratios = hazards.map {
        max(Elementary.logarithm(RepeatLaw.leastRatio), Odds.logarithm($0) - chance)
      }
    }
    let wanted = Odds.logarithm(frequency)
    let odds = ratios.map { $0 + wanted }
    let factor = Odds.factor(of: odds, share: frequency) { 1 / RepeatLaw.meanGap($0) }
    return RepeatLaw(hazards: [0] + odds.dropLast().map { Odds.share($0 + factor) })
  }

  /// Steps from touch to touch, from the chance of a touch at ages 1, 2, ..., the last one holding
  /// for all ages beyond.
  private static func meanGap(_ hazards: [Double]) -> Double {
    var survival = 1.0
    var steps = 0.0
    for hazard in hazards.dropLast() {
      steps += survival
      survival *= 1 - hazard
    }
    return steps + survival / (hazards.last ?? 1)
  }
}
