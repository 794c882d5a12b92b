/// Latency over the rate at which requests come, and the knee of it.
///
/// Past some rate a server answers hardly more requests, each of them later. The knee is where the
/// rate of answers over their mean time is greatest, the *power* of Giessler et al.: more requests cost
/// more in latency than they bring, fewer the other way round. It is one of the rates that were played;
/// nothing is drawn between them, so it is known to within their spacing.
///
/// *Source*: Kleinrock, Power and Deterministic Rules of Thumb for Probabilistic Problems in Computer
/// Communications, ICC 1979; Giessler, Haenle, Koenig, Pade, Free Buffer Allocation, 1978.
public struct LatencyCurve: Sendable {
  public struct Point: Sendable, Hashable {
    /// The number of the point in its sweep.
    public var index: Int
    /// Requests that come and that end in a second.
    public var offered: Double
    public var ended: Double
    /// Mean seconds from arrival to the last token.
    public var latency: Double

    public init(index: Int, offered: Double, ended: Double, latency: Double) {
      self.index = index
      self.offered = offered
      self.ended = ended
      self.latency = latency
    }

    /// Requests a second, over seconds.
    public var power: Double { ended / latency }
  }

  /// The metrics that a point is made of.
  public static let metrics = ["requests.offered", "requests.rate", "request.time"]

  /// By rising rate.
  public private(set) var points: [Point] = []

  public init() {}

  /// Adds a point; one without a latency is left out.
  public mutating func add(_ point: Point) {
    guard point.power.isFinite, point.offered.isFinite else { return }
    let place = points.firstIndex { $0.offered > point.offered } ?? points.count
    points.insert(point, at: place)
  }

  /// The point of the greatest power, the least rate among equals; nil of fewer than three points.
  public var knee: Point? {
    guard points.count >= 3 else { return nil }
    return points.reduce(points[0]) { $1.power > $0.power ? $1 : $0 }
  }

  /// The point of the next higher rate; nil without one.
  public var beyond: Point? {
    guard let knee else { return nil }
    return points.first { $0.offered > knee.offered }
  }

  /// Whether the knee lies between rates that were played: at an end of them it may lie beyond.
  public var isInside: Bool {
    guard let knee else { return false }
    return knee.index != points[0].index && knee.index != points[points.count - 1].index
  }
}
