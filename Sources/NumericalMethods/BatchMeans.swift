/// A figure of a sample, and where its true value lies.
public struct Estimate: Hashable, Sendable {
  public let value: Double
  /// Nil where the sample is too small to say.
  public let interval: ConfidenceInterval?
}

/// Means and quantiles of a simulation's output, whose values depend on those before them, with
/// intervals by batch means.
///
/// The figure itself is of all values. They are cut into batches of equal length in the order in
/// which they came, and the scatter of the same figure of each batch around it says how well it is
/// known, by Student's t: batches long beside the dependence are nearly independent. Of quantiles
/// this is called sectioning.
///
/// *Source*: Law, Simulation Modeling and Analysis (2015), 9.5.3; Asmussen and Glynn, Stochastic
/// Simulation (2007), III.5.
public struct BatchMeans: Sendable {
  /// The most batches; more gain little (Schmeiser, Batch Size Effects, 1982).
  public static let mostBatches = 20
  /// Fewer say nothing of a scatter.
  public static let leastBatches = 5
  /// The shortest batch of a mean.
  static let shortestBatch = 10

  /// In the order in which they came.
  private let values: [Double]
  /// The same in rising order.
  public let quantiles: Quantiles

  /// - Throws: `.tooFew` for no value, `.notFinite` for NaN or infinity.
  public init(_ values: [Double]) throws(NumericalFault) {
    self.values = values
    quantiles = try Quantiles(values)
  }

  public var count: Int { values.count }

  /// The mean of all values.
  /// - Throws: `.outOfRange` for a level outside (0, 1).
  public func mean(level: Double = 0.95) throws(NumericalFault) -> Estimate {
    let mean = values.reduce(0, +) / Double(values.count)
    let figures = ranges(shortest: Self.shortestBatch).map { range in
      values[range].reduce(0, +) / Double(range.count)
    }
    return try estimate(mean, figures, level)
  }

  /// The value that `share` of all values does not exceed: one that occurred. Its interval takes
  /// batches of which two values lie beyond it on average.
  /// - Throws: `.outOfRange` for a share outside 0...1 or a level outside (0, 1).
  public func quantile(
    _ share: Double, level: Double = 0.95
  ) throws(NumericalFault) -> Estimate {
    try quantiles([share], level: level)[0]
  }

  /// The same of several shares: batches that they have in common are sorted once.
  public func quantiles(
    _ shares: [Double], level: Double = 0.95
  ) throws(NumericalFault) -> [Estimate] {
    var sorted: [Int: [Quantiles]] = [:]
    var estimates: [Estimate] = []
    for share in shares {
      let value = try quantiles.nearestRank(share)
      let beyond = min(share, 1 - share)
      // A share of 0 or 1 is an extreme, which no batch has.
      let shortest = beyond > 0 ? max(Self.shortestBatch, Int((2 / beyond).rounded(.up))) : Int.max
      let ranges = self.ranges(shortest: shortest)
      let batches: [Quantiles]
      if let known = sorted[ranges.count] {
        batches = known
      } else {
        batches = try ranges.map { range throws(NumericalFault) in
          try Quantiles(Array(values[range]))
        }
        sorted[ranges.count] = batches
      }
      let figures = try batches.map { batch throws(NumericalFault) in
        try batch.nearestRank(share)
      }
      estimates.append(try estimate(value, figures, level))
    }
    return estimates
  }

  /// Where the batches lie, of `shortest` values or more; none where the values do not make enough.
  private func ranges(shortest: Int) -> [Range<Int>] {
    let batches = min(Self.mostBatches, values.count / shortest)
    guard batches >= Self.leastBatches else { return [] }
    let length = values.count / batches
    // What does not fill a batch is at the front, where a start may still be felt.
    let first = values.count - batches * length
    return (0..<batches).map { (first + $0 * length)..<(first + ($0 + 1) * length) }
  }

  private func estimate(
    _ value: Double, _ figures: [Double], _ level: Double
  ) throws(NumericalFault) -> Estimate {
    try Inputs.openShare(level, "level")
    guard !figures.isEmpty else { return Estimate(value: value, interval: nil) }
    let squares = figures.reduce(0) { $0 + ($1 - value) * ($1 - value) }
    let error = (squares / Double(figures.count * (figures.count - 1))).squareRoot()
    return Estimate(
      value: value,
      interval: try ConfidenceInterval(
        around: value, standardError: error, degreesOfFreedom: figures.count - 1, level: level))
  }
}
