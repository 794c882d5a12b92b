/// Finds the best point of a grid of values that holds some requirements.
///
/// Small spaces are searched whole. In large ones, boxes of the grid are bounded from the points where
/// each metric is least, which `Sense` names, and boxes that cannot hold or cannot win are left out. Prices
/// of real kernels go in small steps the wrong way here and there, so bounds are loosened by
/// `slack`.
public final class PlanSearch {
  /// What a point gives: the values of all metrics, or why there are none.
  public enum Outcome: Sendable {
    case played([Double])
    /// - Parameter isForRoom: memory does not suffice.
    case refused(isForRoom: Bool)
  }

  public struct Best: Sendable {
    public var point: [Int]
    /// In the order of requirements, then the objective.
    public var values: [Double]
    /// By which share of its limit the worst requirement is missed; 0 where all hold.
    public var violation: Double
  }

  /// Bounds are taken to be so much better than they are.
  public static let slack = 0.01

  private let axes: [Axis]
  private let requirements: [Requirement]
  private let objective: PlannedMetric
  private let isLargerBetter: Bool
  private let metrics: [String]
  private let play: ([Int]) -> Outcome
  private var known: [Int: Outcome] = [:]
  /// By term, requirements and then the objective, and axis.
  private let senses: [[Sense]]
  private let room: [Sense]

  /// - Parameters:
  ///   - metrics: of the report, in the order in which `play` gives them.
  ///   - play: works out a point.
  public init(
    _ axes: [Axis], requirements: [Requirement], objective: PlannedMetric, isLargerBetter: Bool,
    metrics: [String], play: @escaping ([Int]) -> Outcome
  ) {
    self.axes = axes
    self.requirements = requirements
    self.objective = objective
    self.isLargerBetter = isLargerBetter
    self.metrics = metrics
    self.play = play
    let terms = requirements.map(\.metric) + [objective]
    senses = terms.map { term in
      axes.map { $0.numbers?.isRising == true ? Sense(of: term, with: $0.key) : .unknown }
    }
    room = axes.map { $0.numbers?.isRising == true ? Sense.ofRoom(with: $0.key) : .unknown }
  }

  /// The metrics that a plan asks of the report.
  public static func metrics(
    _ requirements: [Requirement], _ objective: PlannedMetric
  ) -> [String] {
    var names: [String] = []
    for name in requirements.flatMap(\.metric.metrics) + objective.metrics
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// Points worked out so far.
  public var evaluated: Int { known.count }
  public var points: Int { axes.reduce(1) { $0 * $1.values.count } }

  /// The best point that holds all requirements, looking at every point; nil where none does.
  public func exhaustive(_ requirements: [Requirement]? = nil) -> Best? {
    var best: Best?
    var point = [Int](repeating: 0, count: axes.count)
    for index in 0..<points {
      var rest = index
      for axis in axes.indices.reversed() {
        point[axis] = rest % axes[axis].values.count
        rest /= axes[axis].values.count
      }
      consider(point, requirements ?? self.requirements, nearest: false, &best)
    }
    return best
  }

  /// The same by branch and bound.
  public func bounded(_ requirements: [Requirement]? = nil) -> Best? {
    search(requirements ?? self.requirements, nearest: false)
  }

  /// The point that misses the requirements least; nil where none can be played.
  public func nearest() -> Best? { search(requirements, nearest: true) }

  /// What the objective would be with one requirement looser by a share of its limit, for those
  /// where that helps.
  public func gains(
    from best: Best, looser share: Double
  ) -> [(requirement: Requirement, value: Double)] {
    requirements.indices.compactMap { place in
      var looser = requirements
      looser[place] = looser[place].relaxed(by: share)
      guard let other = bounded(looser) else { return nil }
      let (value, old) = (other.values[requirements.count], best.values[requirements.count])
      guard isLargerBetter ? value > old : value < old else { return nil }
      return (looser[place], value)
    }
  }

  private func search(_ requirements: [Requirement], nearest: Bool) -> Best? {
    var best: Best?
    var queue = [PlanBox(ranges: axes.map { 0...$0.values.count - 1 })]
    let isOpen = axes.indices.map { axis in senses.contains { $0[axis] == .unknown } }
    while let box = queue.popLast() {
      if let best, box.bound >= cost(of: best, nearest: nearest) { continue }
      if box.isPoint {
        consider(box.ranges.map(\.lowerBound), requirements, nearest: nearest, &best)
        continue
      }
      for var part in box.parts(isOpen) {
        guard let bound = bound(part, requirements, nearest: nearest, &best) else { continue }
        part.bound = max(bound, box.bound)
        // The least bound stands last.
        let place = queue.firstIndex { $0.bound <= part.bound } ?? queue.count
        queue.insert(part, at: place)
      }
    }
    return best
  }

  /// No less than what any point of the box costs; nil where none of them can be what is looked for.
  private func bound(
    _ box: PlanBox, _ requirements: [Requirement], nearest: Bool, _ best: inout Best?
  ) -> Double? {
    if let corner = box.corner(room, isLeast: true),
      case .refused(isForRoom: true) = outcome(corner)
    {
      return nil
    }
    var worst = 0.0
    for (place, requirement) in requirements.enumerated() {
      guard let value = extreme(place, box, isLeast: requirement.isUpper) else { continue }
      let loosened = requirement.isUpper ? value * (1 - Self.slack) : value * (1 + Self.slack)
      if !nearest, !requirement.holds(loosened) { return nil }
      worst = max(worst, requirement.violation(loosened))
    }
    if nearest { return worst }
    guard let corner = box.corner(senses[requirements.count], isLeast: !isLargerBetter) else {
      return -.infinity
    }
    consider(corner, requirements, nearest: false, &best)
    guard case .played(let values) = outcome(corner) else { return -.infinity }
    let value = self.value(objective, values)
    let cost = isLargerBetter ? -value : value
    return cost - abs(cost) * Self.slack
  }

  /// The least or greatest value of a term in a box; nil where it is not known.
  private func extreme(_ term: Int, _ box: PlanBox, isLeast: Bool) -> Double? {
    guard let corner = box.corner(senses[term], isLeast: isLeast),
      case .played(let values) = outcome(corner)
    else { return nil }
    let value = self.value(requirements[term].metric, values)
    return value.isNaN ? nil : value
  }

  private func cost(of best: Best, nearest: Bool) -> Double {
    if nearest { return best.violation }
    let value = best.values[requirements.count]
    return isLargerBetter ? -value : value
  }

  private func consider(
    _ point: [Int], _ requirements: [Requirement], nearest: Bool, _ best: inout Best?
  ) {
    guard case .played(let values) = outcome(point) else { return }
    let terms = requirements.map { value($0.metric, values) } + [value(objective, values)]
    guard !terms.contains(where: \.isNaN) else { return }
    let violation = zip(requirements, terms).reduce(0) { max($0, $1.0.violation($1.1)) }
    guard nearest || violation == 0 else { return }
    let found = Best(point: point, values: terms, violation: violation)
    if let old = best, cost(of: found, nearest: nearest) >= cost(of: old, nearest: nearest) {
      return
    }
    best = found
  }

  private func value(_ metric: PlannedMetric, _ values: [Double]) -> Double {
    metric.metrics.reduce(1) { product, name in
      product * (metrics.firstIndex(of: name).map { values[$0] } ?? .nan)
    }
  }

  private func outcome(_ point: [Int]) -> Outcome {
    var code = 0
    for axis in axes.indices { code = code * axes[axis].values.count + point[axis] }
    if let known = known[code] { return known }
    let outcome = play(point)
    known[code] = outcome
    return outcome
  }
}

extension [Double] {
  fileprivate var isRising: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
