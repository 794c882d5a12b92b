import Quantities

/// How long sequences are: a log-logistic law, whose tail falls as a power of the length, cut off at
/// the longest.
public struct LengthDistribution: Sendable, Hashable {
  /// Half of the sequences are shorter.
  public var median: Int
  /// The tail: of twice as long sequences there are `2^-shape` as many.
  public var shape: Double

  public init(median: Int, shape: Double) {
    self.median = median
    self.shape = shape
  }

  /// The length below which a share of the sequences lies, at most `longest`.
  /// - Parameter share: between 0 and 1, both excluded.
  public func length(_ share: Double, longest: Double) -> Double {
    let odds = share / (1 - share)
    let length = Double(median) * Elementary.power(odds, 1 / shape)
    return max(1, min(longest, length))
  }
}
