import Quantities

/// A measured curve over a positive size, interpolated linearly in the logarithm of the size.
///
/// Outside the measured sizes the end value holds: a profile never extrapolates a trend.
public struct Curve: Sendable, Hashable {
  /// Sizes, rising.
  public let sizes: [Double]
  public let values: [Double]

  /// - Precondition: equally long, not empty, sizes positive and strictly rising.
  public init(sizes: [Double], values: [Double]) {
    precondition(sizes.count == values.count && !sizes.isEmpty, "a curve needs points")
    precondition(sizes[0] > 0 && zip(sizes, sizes.dropFirst()).allSatisfy { $0 < $1 })
    self.sizes = sizes
    self.values = values
  }

  public func callAsFunction(_ size: Double) -> Double {
    if size <= sizes[0] { return values[0] }
    guard let upper = sizes.firstIndex(where: { $0 >= size }) else {
      return values[values.count - 1]
    }
    let (a, b) = (sizes[upper - 1], sizes[upper])
    let share =
      (Elementary.logarithm(size) - Elementary.logarithm(a))
      / (Elementary.logarithm(b) - Elementary.logarithm(a))
    return values[upper - 1] + share * (values[upper] - values[upper - 1])
  }
}
