/// The few points with the best values of one objective.
public struct BestPoints: Sendable {
  public struct Entry: Sendable {
    public var point: Int
    public var value: Double
  }

  public let objective: Objective
  public let count: Int
  /// From the best; equal ones by their points.
  public private(set) var entries: [Entry] = []

  public init(_ objective: Objective, count: Int) {
    self.objective = objective
    self.count = count
  }

  public mutating func add(point: Int, value: Double?) {
    guard count > 0, let value, value.isFinite else { return }
    let cost = objective.cost(value)
    if entries.count == count, let last = entries.last, objective.cost(last.value) <= cost {
      return
    }
    let place = entries.firstIndex { objective.cost($0.value) > cost } ?? entries.count
    entries.insert(Entry(point: point, value: value), at: place)
    if entries.count > count { entries.removeLast() }
  }
}
