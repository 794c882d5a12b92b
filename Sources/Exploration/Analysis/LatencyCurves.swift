/// The curves of a sweep over the rate of requests: one for every combination of its other keys.
public struct LatencyCurves: Sendable {
  /// The key that curves run over.
  public static let key = "workload.rate"

  public struct Curve: Sendable {
    /// The places of the values of all axes but the rate's.
    public var others: [Int]
    public var curve = LatencyCurve()
  }

  private let axis: Int
  /// In the order in which the sweep comes to them.
  public private(set) var curves: [Curve] = []
  private var places: [[Int]: Int] = [:]

  /// Nil where the rate is not varied.
  public init?(_ axes: [Axis]) {
    guard let axis = axes.firstIndex(where: { $0.key == Self.key }) else { return nil }
    self.axis = axis
  }

  /// All but the element of the rate's axis.
  public func others<Element>(_ all: [Element]) -> [Element] {
    Array(all[..<axis] + all[(axis + 1)...])
  }

  /// - Parameters:
  ///   - place: the places of the point's values.
  ///   - values: of `LatencyCurve.metrics`, nil where the point has none.
  public mutating func add(point index: Int, at place: [Int], _ values: [Double?]) {
    guard let offered = values[0], let ended = values[1], let latency = values[2] else { return }
    let key = others(place)
    let curve = places[key] ?? curves.count
    if curve == curves.count {
      places[key] = curve
      curves.append(Curve(others: key))
    }
    curves[curve].curve.add(
      LatencyCurve.Point(index: index, offered: offered, ended: ended, latency: latency))
  }
}
