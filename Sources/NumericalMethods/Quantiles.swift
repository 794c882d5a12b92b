/// Exact quantiles of a finite sample, which is sorted once and kept.
///
/// The same values in any order give the same answers.
public struct Quantiles: Hashable, Sendable {
  /// The sample in rising order.
  public let sorted: [Double]

  /// - Throws: `.tooFew` for no value, `.notFinite` for NaN or infinity.
  /// - Complexity: O(n log n).
  public init(_ values: [Double]) throws(NumericalFault) {
    try Inputs.atLeast(1, values, "values")
    try Inputs.finite(values, "values")
    sorted = values.sorted()
  }

  /// The quantile at `share` in 0...1, linear between the two nearest values.
  ///
  /// *Source*: Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), definition 7.
  /// - Throws: `.outOfRange` for a share outside 0...1.
  public func interpolated(_ share: Double) throws(NumericalFault) -> Double {
    try check(share)
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    let part = place - Double(below)
    return sorted[below] * (1 - part) + sorted[above] * part
  }

  /// The least value of the sample that at least `share` of the sample does not exceed.
  ///
  /// This is a value that occurred, as latency percentiles should be.
  /// - Throws: `.outOfRange` for a share outside 0...1.
  public func nearestRank(_ share: Double) throws(NumericalFault) -> Double {
    try check(share)
    let exact = share * Double(sorted.count)
    // 0.07 x 100 is a little above 7 in binary; the rank meant is 7.
    let whole = exact.rounded()
    let rank = abs(exact - whole) <= 1e-9 * max(1, whole) ? whole : exact.rounded(.up)
    return sorted[max(1, Int(rank)) - 1]
  }

  /// The middle value, or the mean of the two middle values.
  public var median: Double {
    let half = sorted.count / 2
    guard sorted.count.isMultiple(of: 2) else { return sorted[half] }
    return sorted[half - 1] / 2 + sorted[half] / 2
  }

  private func check(_ share: Double) throws(NumericalFault) {
    guard share >= 0, share <= 1 else {
      throw .outOfRange(argument: "share", found: share, allowed: "0 to 1")
    }
  }
}
