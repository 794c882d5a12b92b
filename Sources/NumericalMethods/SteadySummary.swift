/// What a simulation's output is in the long run: its mean and percentiles without the warm-up.
public struct SteadySummary: Hashable, Sendable {
  /// All values, and those left out at the front by MSER-5.
  public let count: Int
  public let discarded: Int
  public let mean: Estimate
  public let p50: Estimate
  public let p90: Estimate
  public let p99: Estimate

  /// - Parameters:
  ///   - values: in the order in which they came.
  ///   - discarding: how many to leave out at the front; nil asks `WarmUp.mser5`.
  /// - Throws: `.tooFew` where no value is left, `.notFinite` for NaN or infinity, `.outOfRange` for
  ///   a level outside (0, 1) or more to discard than there are.
  public init(
    _ values: [Double], discarding: Int? = nil, level: Double = 0.95
  ) throws(NumericalFault) {
    let discarded = if let discarding { discarding } else { try WarmUp.mser5(values) }
    guard (0...values.count).contains(discarded) else {
      throw .outOfRange(
        argument: "discarding", found: Double(discarded), allowed: "0 to \(values.count)")
    }
    let batches = try BatchMeans(Array(values.dropFirst(discarded)))
    count = values.count
    self.discarded = discarded
    mean = try batches.mean(level: level)
    let quantiles = try batches.quantiles([0.5, 0.9, 0.99], level: level)
    (p50, p90, p99) = (quantiles[0], quantiles[1], quantiles[2])
  }
}
