import NumericalMethods

/// How far predictions are off, over the rows of one family and kernel. All are fractions.
public struct ErrorSummary: Sendable, Hashable {
  public var rows: Int
  public var mean: Double
  public var median: Double
  public var p90: Double
  /// Mean of predicted over measured less 1: positive is too slow.
  public var bias: Double

  /// - Parameter errors: predicted over measured less 1.
  /// - Throws: `.tooFew` for none, `.notFinite`.
  public init(_ errors: [Double]) throws(NumericalFault) {
    let sizes = try Quantiles(errors.map { abs($0) })
    rows = errors.count
    mean = sizes.sorted.reduce(0, +) / Double(errors.count)
    median = sizes.median
    p90 = try sizes.interpolated(0.9)
    bias = errors.reduce(0, +) / Double(errors.count)
  }
}
