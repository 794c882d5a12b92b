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
    return try estimate(mean, shortest: Self.shortestBatch, level) { batch throws(NumericalFault) in
      batch.reduce(0, +) / Double(batch.count)
    }
  }

  /// The value that `share` of all values does not exceed: one that occurred. Its interval takes
  /// batches of which two values lie beyond it on average.
  /// - Throws: `.outOfRange` for a share outside 0...1 or a level outside (0, 1).
  public func quantile(
    _ share: Double, level: Double = 0.95
  ) throws(NumericalFault) -> Estimate {
    let value = try quantiles.nearestRank(share)
    let beyond = min(share, 1 - share)
    // A share of 0 or 1 is an extreme, which no batch has.
    let shortest = beyond > 0 ? max(Self.shortestBatch, Int((2 / beyond).rounded(.up))) : Int.max
    return try estimate(value, shortest: shortest, level) { batch throws(NumericalFault) in
      try Quantiles(Array(batch)).nearestRank(share)
    }
  }

  private func estimate(
    _ value: Double, shortest: Int, _ level: Double,
    _ figure: (ArraySlice<Double>) throws(NumericalFault) -> Double
  ) throws(NumericalFault) -> Estimate {
    try Inputs.openShare(level, "level")
    let batches = min(Self.mostBatches, values.count / shortest)
    guard batches >= Self.leastBatches else { return Estimate(value: value, interval: nil) }
    let length = values.count / batches
    // What does not fill a batch is at the front, where a start may still be felt.
    let first = values.count - batches * length
    var squares = 0.0
    for batch in 0..<batches {
      let start = first + batch * length
      let excess = try figure(values[start..<(start + length)]) - value
      squares += excess * excess
    }
    let error = (squares / Double(batches * (batches - 1))).squareRoot()
    return Estimate(
      value: value,
      interval: try ConfidenceInterval(
        around: value, standardError: error, degreesOfFreedom: batches - 1, level: level))
  }
}
