/// Which few places of a long history a branch follows, with weights: found on one part of a trace, and
/// asked beside another predictor on the rest.
///
/// The places are those of the best sparse fit of the outcome, as plus or minus one, to those of the
/// history, found one after another by the largest correlation with what is left (orthogonal matching).
/// A table entry holds a branch's tag, a bias, and for each place an index of 10 bits and a weight of 6.
public struct SparseCorrelation: Sendable {
  /// Outcomes that are looked back on.
  public static let reach = 512
  private static let places = 8
  /// Two bytes for each place, four for tag and bias.
  static let entryBytes = 4 + 2 * places

  struct Rule: Sendable {
    var places: [Int]
    var weights: [Double]
    var bias: Double
    /// The least sum that is trusted more than the other predictor.
    var least: Double
  }

  private(set) var rules: [UInt32: Rule] = [:]

  /// Learns from the first `end` branches which rules are worth an entry.
  /// - Parameters:
  ///   - bytes: room of the table.
  ///   - wrong: for each branch of the trace, whether the other predictor was wrong.
  public init(_ trace: BranchTrace, through end: Int, bytes: Int, wrong: [Bool]) {
    var misses: [UInt32: Int] = [:]
    for place in Self.reach..<max(Self.reach, end) where wrong[place] {
      misses[trace.site(place), default: 0] += 1
    }
    let room = bytes / Self.entryBytes
    let hard = misses.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
    for (site, _) in hard.prefix(room) {
      guard let rule = Self.rule(trace, site, through: end, wrong: wrong) else { continue }
      rules[site] = rule
    }
  }

  /// Samples of one branch, thinned where there are many.
  private static let mostSamples = 600

  private static func rule(
    _ trace: BranchTrace, _ site: UInt32, through end: Int, wrong: [Bool]
  ) -> Rule? {
    let all = (reach..<end).filter { trace.site($0) == site }
    guard all.count >= 64 else { return nil }
    let stride = (all.count + mostSamples - 1) / mostSamples
    let samples = all.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    let outcomes = samples.map { trace.isTaken($0) ? 1.0 : -1 }
    let bias = outcomes.reduce(0, +) / Double(samples.count)
    var rule = Rule(places: [], weights: [], bias: bias, least: 0)
    fit(&rule, outcomes.map { $0 - bias }, histories(trace, samples))
    return rule.places.isEmpty ? nil : trusted(rule, trace, all, wrong)
  }

  /// For each place of the history, from the nearest, its outcome before each sample.
  private static func histories(_ trace: BranchTrace, _ samples: [Int]) -> [Double] {
    var signs: [Double] = []
    signs.reserveCapacity(reach * samples.count)
    for back in 1...reach {
      for place in samples { signs.append(trace.isTaken(place - back) ? 1 : -1) }
    }
    return signs
  }

  private static func fit(_ rule: inout Rule, _ wanted: [Double], _ signs: [Double]) {
    var left = wanted
    for _ in 0..<places {
      var best = (back: 0, weight: 0.0)
      for back in 1...reach {
        let column = (back - 1) * left.count
        var sum = 0.0
        for row in left.indices { sum += left[row] * signs[column + row] }
        let weight = sum / Double(left.count)
        if abs(weight) > abs(best.weight), !rule.places.contains(back) { best = (back, weight) }
      }
      guard abs(best.weight) > leastWeight else { return }
      rule.places.append(best.back)
      rule.weights.append(best.weight)
      let column = (best.back - 1) * left.count
      for row in left.indices { left[row] -= best.weight * signs[column + row] }
    }
  }

  /// Weaker correlations are chance.
  private static let leastWeight = 0.15

  /// The least sum from which the rule is wrong less often than the other predictor; none where it never
  /// is.
  private static func trusted(
    _ rule: Rule, _ trace: BranchTrace, _ samples: [Int], _ wrong: [Bool]
  ) -> Rule? {
    var best: (least: Double, gain: Int)?
    let sums = samples.map { Self.sum(rule, trace, at: $0) }
    for least in stride(from: 0.0, through: 2.0, by: 0.1) {
      var gain = 0
      for (sum, place) in zip(sums, samples) where abs(sum) >= least {
        let isWrong = (sum >= 0) != trace.isTaken(place)
        gain += (wrong[place] ? 1 : 0) - (isWrong ? 1 : 0)
      }
      if gain > samples.count / 500, gain > best?.gain ?? 0 { best = (least, gain) }
    }
    guard let best else { return nil }
    var rule = rule
    rule.least = best.least
    return rule
  }

  private static func sum(_ rule: Rule, _ trace: BranchTrace, at place: Int) -> Double {
    var sum = rule.bias
    for (back, weight) in zip(rule.places, rule.weights) {
      sum += trace.isTaken(place - back) ? weight : -weight
    }
    return sum
  }

  /// What the table says of the branch at a place; nil where it leaves it to the other predictor.
  public func guess(_ trace: BranchTrace, at place: Int) -> Bool? {
    guard place >= Self.reach, let rule = rules[trace.site(place)] else { return nil }
    let sum = Self.sum(rule, trace, at: place)
    return abs(sum) >= rule.least ? sum >= 0 : nil
  }
}
