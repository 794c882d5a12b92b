/// How often each neuron of a drawn layer fires, and how soon again.
///
/// At another density all odds of the recording are multiplied by one factor: a neuron's odds of
/// firing at all, and its odds of firing at each age since it last fired. So the odds ratio of a
/// repeat against chance is what stays, as when a threshold is lowered under all neurons alike.
/// To touch more or fewer neurons over a few tokens, the odds of firing at all are first raised to
/// a power, the skew: models differ in how evenly they use their neurons, and again the odds ratios
/// of repeats stay. `docs/formats/trace.md` says how well both hold on recordings.
struct LayerLaw {
  /// Touches a step by rank, falling.
  let frequencies: [Double]
  /// Laws of equally many ranks each, most touched first.
  let laws: [RepeatLaw]

  /// No neuron fires always or never.
  private static let mostOften = 0.999

  /// The recorded density.
  init(_ fit: RepeatFit, count: Int) {
    frequencies = fit.frequencies.resampled(count: count, total: fit.density * Double(count))
    laws = fit.laws
  }

  /// - Parameters:
  ///   - density: share that fires at a step, above 0; the nearest to 1 is 0.999.
  ///   - skew: the power of the popularity odds, 0 or more; 1 keeps the recorded one.
  init(_ fit: RepeatFit, count: Int, density: Double, skew: Double = 1) {
    let share = min(LayerLaw.mostOften, density)
    let odds = fit.frequencies.stretched(to: count).map {
      skew * Odds.logarithm(max(FrequencyCurve.least, min(LayerLaw.mostOften, $0)))
    }
    let factor = Odds.factor(of: odds, share: share) { $0.reduce(0, +) / Double(count) }
    let frequencies = odds.map {
      max(FrequencyCurve.least, min(LayerLaw.mostOften, Odds.share($0 + factor)))
    }
    let recorded = LayerLaw.means(fit.frequencies.byRank, classes: fit.laws.count)
    let drawn = LayerLaw.means(frequencies, classes: fit.laws.count)
    self.frequencies = frequencies
    laws = fit.laws.indices.map {
      fit.laws[$0].shifted(from: recorded[$0], to: drawn[$0])
    }
  }

  func lawIndex(rank: Int) -> Int { rank * laws.count / frequencies.count }

  /// Mean frequency by class; that of a class without ranks is 0.
  private static func means(_ byRank: [Double], classes: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: classes)
    var counts = sums
    for (rank, frequency) in byRank.enumerated() {
      sums[rank * classes / byRank.count] += frequency
      counts[rank * classes / byRank.count] += 1
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }

  /// Share of neurons that fire at least once in so many steps in a row, in expectation:
  /// the sum over neurons of f (1 + S(1) + ... + S(window - 1)), S(k) being the chance of a gap
  /// over k steps.
  func workingSet(window: Int) -> Double {
    let longer = laws.map { $0.survival[1..<min(window, $0.span + 1)].reduce(0, +) }
    var sum = 0.0
    for (rank, frequency) in frequencies.enumerated() {
      let index = lawIndex(rank: rank)
      let kept = 1 - laws[index].pace(frequency: frequency).extraRepeat
      sum += frequency * (1 + kept * longer[index])
    }
    return sum / Double(frequencies.count)
  }
}
