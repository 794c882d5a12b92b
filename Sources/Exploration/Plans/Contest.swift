/// What is looked for among the points of a plan, and the best of it so far.
final class Contest {
  let points: PlannedPoints
  let requirements: [Requirement]
  let objective: PlannedMetric
  let isLargerBetter: Bool
  /// Whether the point that misses the requirements least is looked for, whatever its objective.
  let isNearest: Bool
  private(set) var best: PlanSearch.Best?

  init(
    _ points: PlannedPoints, _ requirements: [Requirement], objective: PlannedMetric,
    isLargerBetter: Bool, isNearest: Bool
  ) {
    self.points = points
    self.requirements = requirements
    self.objective = objective
    self.isLargerBetter = isLargerBetter
    self.isNearest = isNearest
  }

  /// What the best so far costs; infinity without one.
  var cost: Double { best.map { cost(of: $0) } ?? .infinity }

  /// The objective as something to be small; NaN where the point has none.
  func cost(_ values: [Double], _ point: [Int]) -> Double {
    let value = points.value(objective, values, point)
    return isLargerBetter ? -value : value
  }

  func consider(_ point: [Int]) {
    guard case .played(let values) = points.outcome(point) else { return }
    let metrics = requirements.map(\.metric) + [objective]
    var terms = metrics.map { points.value($0, values, point) }
    guard let found = better(point, terms) else { return }
    guard metrics.contains(where: \.isPlayed) else {
      best = found
      return
    }
    // The tail is played last, of points that would win without it.
    for place in metrics.indices where metrics[place].isPlayed {
      terms[place] = points.tailTime(point)
    }
    if let found = better(point, terms) { best = found }
  }

  /// Looks at every point.
  func considerAll() {
    let axes = points.axes
    var point = [Int](repeating: 0, count: axes.count)
    for index in 0..<axes.reduce(1, { $0 * $1.values.count }) {
      var rest = index
      for axis in axes.indices.reversed() {
        point[axis] = rest % axes[axis].values.count
        rest /= axes[axis].values.count
      }
      consider(point)
    }
  }

  /// The point as the best so far; nil where it is not.
  private func better(_ point: [Int], _ terms: [Double]) -> PlanSearch.Best? {
    guard !terms.contains(where: \.isNaN) else { return nil }
    let violation = zip(requirements, terms).reduce(0) { max($0, $1.0.violation($1.1)) }
    guard isNearest || violation == 0 else { return nil }
    let found = PlanSearch.Best(point: point, values: terms, violation: violation)
    guard best != nil else { return found }
    return cost(of: found) < cost ? found : nil
  }

  private func cost(of best: PlanSearch.Best) -> Double {
    if isNearest { return best.violation }
    let value = best.values[requirements.count]
    return isLargerBetter ? -value : value
  }
}
