/// The points that no other point beats: none is as good in every objective and better in one.
///
/// Points with equal values stand side by side; a point without a value for some objective is left
/// out.
public struct ParetoFront: Sendable {
  public struct Member: Sendable {
    public var point: Int
    public var values: [Double]
  }

  public let objectives: [Objective]
  private var members: [Member] = []
  private var costs: [[Double]] = []

  public init(_ objectives: [Objective]) { self.objectives = objectives }

  /// Takes a point into account.
  /// - Parameter values: one for each objective.
  /// - Complexity: O(front).
  public mutating func add(point: Int, values: [Double?]) {
    var cost: [Double] = []
    for (objective, value) in zip(objectives, values) {
      guard let value, value.isFinite else { return }
      cost.append(objective.cost(value))
    }
    for place in costs.indices where Self.beats(costs[place], cost) {
      // Neighbours of a beaten point are often beaten by the same one: it is asked first.
      costs.swapAt(0, place)
      members.swapAt(0, place)
      return
    }
    var kept = 0
    for place in costs.indices where !Self.beats(cost, costs[place]) {
      costs.swapAt(kept, place)
      members.swapAt(kept, place)
      kept += 1
    }
    costs.removeLast(costs.count - kept)
    members.removeLast(members.count - kept)
    costs.append(cost)
    members.append(Member(point: point, values: values.compactMap { $0 }))
  }

  /// The front, by the first objective from the best, equal ones by their points.
  public var front: [Member] {
    members.sorted { a, b in
      for (place, objective) in objectives.enumerated() {
        let (left, right) = (objective.cost(a.values[place]), objective.cost(b.values[place]))
        if left != right { return left < right }
      }
      return a.point < b.point
    }
  }

  private static func beats(_ a: [Double], _ b: [Double]) -> Bool {
    var isBetter = false
    for place in a.indices {
      if a[place] > b[place] { return false }
      if a[place] < b[place] { isBetter = true }
    }
    return isBetter
  }
}
