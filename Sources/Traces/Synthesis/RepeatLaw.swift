/// How soon a class of entries is touched again: the chance of each short gap, as recorded, and the
/// chance of a longer one, whose length follows from how often the entry is to be touched.
///
/// Keeping short gaps and stretching only the tail keeps new entries by window at any number of
/// entries; at another density `LayerLaw` gives other laws.
struct RepeatLaw {
  /// Gaps up to this many steps are kept as recorded.
  let span: Int
  /// `survival[a]`: the chance of a gap over `a` steps, a in 0...span; the first is 1.
  let survival: [Double]
  /// Sum of `survival` below `span`: the steps of a mean gap that fall within the span.
  let shortMean: Double

  /// From touches by gap: `gaps[a]` for a in 1...span, `gaps[0]` unused, and the longer ones.
  init(gaps: [Int], longer: Int) {
    let span = gaps.count - 1
    let total = Double(gaps.dropFirst().reduce(0, +) + longer)
    var survival = [1.0]
    for gap in 1..<max(2, span + 1) where span > 0 {
      survival.append(max(0, survival[gap - 1] - (total > 0 ? Double(gaps[gap]) / total : 0)))
    }
    self.init(survival: survival)
  }

  /// From the chance of a touch by age: `hazards[a]` for a in 1...span, `hazards[0]` unused.
  init(hazards: [Double]) {
    var survival = [1.0]
    for hazard in hazards.dropFirst() { survival.append((survival.last ?? 1) * (1 - hazard)) }
    self.init(survival: survival)
  }

  /// This law with the chance of a touch at each age (1...span) times a factor.
  func scaled(by factors: [Double]) -> RepeatLaw {
    RepeatLaw(
      hazards: [0] + (1...span).map { min(1, hazard($0) * factors[min($0, factors.count - 1)]) })
  }

  private init(survival: [Double]) {
    // A law without long gaps could not be made rarer; one gap in a thousand may be long.
    let least = 1e-3
    let last = survival[survival.count - 1]
    let mended =
      last >= least
      ? survival : survival.map { 1 - (1 - $0) * (1 - least) / max(1 - last, 1 - least) }
    self.survival = mended
    span = survival.count - 1
    shortMean = mended.dropLast().reduce(0, +)
  }

  /// The chance of a touch at age `age` (steps since the last touch), 1...span.
  func hazard(_ age: Int) -> Double {
    survival[age - 1] > 0 ? 1 - survival[age] / survival[age - 1] : 1
  }

  /// What one entry needs beside its law to be touched with frequency `frequency`.
  func pace(frequency: Double) -> Pace {
    guard frequency > 0 else { return Pace(extraRepeat: 0, tailHazard: 0) }
    let long = survival[span]
    let tailSteps = 1 / frequency - shortMean
    if tailSteps >= long { return Pace(extraRepeat: 0, tailHazard: long / tailSteps) }
    // Even the shortest tail is too rare: some gaps become gaps of one step.
    let least = shortMean + long
    let extra = (least - 1 / min(1, frequency)) / max(1e-9, least - 1)
    return Pace(extraRepeat: max(0, min(1, extra)), tailHazard: 1)
  }
}

/// One entry's own part of a repeat law.
struct Pace {
  /// The chance that the next gap is one step, whatever the law says.
  var extraRepeat: Double
  /// The chance of a touch at each step beyond the span.
  var tailHazard: Double
}

/// Frequencies by rank, most touched first, that can be asked for at any other count.
struct FrequencyCurve {
  /// Touches a step of each recorded entry, falling.
  let byRank: [Double]
  /// An entry that the recording never touched may be, once in a very long while.
  static let least = 1e-9

  /// Frequencies of `count` entries of the same skew that add up to `total`, none above `cap`.
  func resampled(count: Int, total: Double, cap: Double = 0.999) -> [Double] {
    guard count > 0, !byRank.isEmpty else { return [] }
    let base = stretched(to: count)
    var scale = 1.0
    // Capped entries leave their surplus to the others; ten rounds settle it.
    for _ in 0..<10 {
      let capped = base.reduce(0.0) { $1 * scale >= cap ? $0 + cap : $0 }
      let free = base.reduce(0.0) { $1 * scale >= cap ? $0 : $0 + $1 }
      guard free > 0 else { break }
      scale = max(0, total - capped) / free
    }
    return base.map { max(FrequencyCurve.least, min(cap, $0 * scale)) }
  }

  /// The recorded frequencies at the ranks of `count` entries.
  func stretched(to count: Int) -> [Double] {
    (0..<count).map { value(at: (Double($0) + 0.5) / Double(count)) }
  }

  private func value(at quantile: Double) -> Double {
    let position = quantile * Double(byRank.count) - 0.5
    let low = max(0, min(byRank.count - 1, Int(position)))
    let high = min(byRank.count - 1, low + 1)
    let share = max(0, min(1, position - Double(low)))
    return byRank[low] * (1 - share) + byRank[high] * share
  }
}
