import Quantities

/// How much each key matters: by how many percent a metric changes for one percent of the key, the
/// others at the middle of their axes.
///
/// It is the slope of the metric's logarithm over the key's, fitted to all values of the axis by
/// least squares. For a key without numbers the metric's largest value over its smallest is given.
public struct Elasticities: Sendable {
  public enum Effect: Sendable, Hashable {
    case elasticity(Double)
    /// Largest over smallest.
    case spread(Double)
    /// The metric is missing or not above 0 at some value.
    case unknown
  }

  public let axes: [Axis]
  private let middle: [Int]
  /// By axis, then value, then metric.
  private var values: [[[Double?]]]

  public init(_ design: Design, metrics: Int) {
    axes = design.axes
    middle = design.middle
    let none = [Double?](repeating: nil, count: metrics)
    values = axes.map { Array(repeating: none, count: $0.values.count) }
  }

  /// Takes the metrics of a point of the design.
  public mutating func add(point: [Int], metrics: [Double?]) {
    let moved = point.indices.filter { point[$0] != middle[$0] }
    for axis in axes.indices where moved.isEmpty || moved == [axis] {
      values[axis][point[axis]] = metrics
    }
  }

  /// The effect of an axis on a metric.
  public func effect(of axis: Int, on metric: Int) -> Effect {
    var found: [Double] = []
    for value in values[axis] {
      guard let metric = value[metric], metric > 0 else { continue }
      found.append(metric)
    }
    guard found.count == values[axis].count, let low = found.min(), let high = found.max() else {
      return .unknown
    }
    guard let numbers = axes[axis].numbers, numbers.count > 1, numbers.allSatisfy({ $0 > 0 })
    else { return .spread(high / low) }
    let x = numbers.map { Elementary.logarithm($0) }
    let y = found.map { Elementary.logarithm($0) }
    let (meanX, meanY) = (Self.mean(x), Self.mean(y))
    let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    let squares = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    return .elasticity(products / squares)
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
