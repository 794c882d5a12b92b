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
  private let tail: ([Int]) -> Double
  private var known: [Int: Outcome] = [:]
  private var knownTails: [Int: Double] = [:]
  /// The axis of devices, which does not change what one of them does.
  private let devices: (axis: Int, counts: [Double])?
  /// By term, requirements and then the objective, and axis.
  private let senses: [[Sense]]
  private let room: [Sense]

  /// - Parameters:
  ///   - metrics: of the report, in the order in which `play` gives them.
  ///   - play: works out a point.
  ///   - tail: the time that 99 of 100 steps of a point stay below in playback; asked for points that
  ///     hold everything else and would win.
  public init(
    _ axes: [Axis], requirements: [Requirement], objective: PlannedMetric, isLargerBetter: Bool,
    metrics: [String], play: @escaping ([Int]) -> Outcome,
    tail: @escaping ([Int]) -> Double = { _ in .nan }
  ) {
    self.axes = axes
    self.requirements = requirements
    self.objective = objective
    self.isLargerBetter = isLargerBetter
    self.metrics = metrics
    self.play = play
    self.tail = tail
    devices = axes.firstIndex { $0.key == PlannedMetric.devices }.flatMap { axis in
      axes[axis].numbers.map { (axis, $0) }
    }
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

  /// Points of which the tail was played.
  public var replayed: Int { knownTails.count }
  /// Points worked out so far.
  public var evaluated: Int { known.count }
  /// Points that can be worked out: more devices do the same side by side.
  public var points: Int {
    axes.indices.reduce(1) { $0 * ($1 == devices?.axis ? 1 : axes[$1].values.count) }
  }

  /// The best point that holds all requirements, looking at every point; nil where none does.
  public func exhaustive(_ requirements: [Requirement]? = nil) -> Best? {
    exhaustive(requirements ?? self.requirements, nearest: false)
  }

  private func exhaustive(_ requirements: [Requirement], nearest: Bool) -> Best? {
    var best: Best?
    var point = [Int](repeating: 0, count: axes.count)
    for index in 0..<axes.reduce(1, { $0 * $1.values.count }) {
      var rest = index
      for axis in axes.indices.reversed() {
        point[axis] = rest % axes[axis].values.count
        rest /= axes[axis].values.count
      }
      consider(point, requirements, nearest: nearest, &best)
    }
    return best
  }

  /// The same by branch and bound.
  public func bounded(_ requirements: [Requirement]? = nil) -> Best? {
    search(requirements ?? self.requirements, nearest: false)
  }

  /// The point that misses the requirements least; nil where none can be played.
  /// - Parameter isWhole: looking at every point.
  public func nearest(isWhole: Bool = false) -> Best? {
    guard isWhole else { return search(requirements, nearest: true) }
    return exhaustive(requirements, nearest: true)
  }

  /// What the objective would be with one requirement looser by a share of its limit, for those
  /// where that helps.
  /// - Parameter isWhole: looking at every point, as `exhaustive` does.
  public func gains(
    from best: Best, looser share: Double, isWhole: Bool = false
  ) -> [(requirement: Requirement, value: Double)] {
    requirements.indices.compactMap { place in
      var looser = requirements
      looser[place] = looser[place].relaxed(by: share)
      guard let other = isWhole ? exhaustive(looser) : bounded(looser) else { return nil }
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
    let value = self.value(objective, values, corner)
    let cost = isLargerBetter ? -value : value
    return cost - abs(cost) * Self.slack
  }

  /// The least or greatest value of a term in a box; nil where it is not known.
  private func extreme(_ term: Int, _ box: PlanBox, isLeast: Bool) -> Double? {
    guard let corner = box.corner(senses[term], isLeast: isLeast),
      case .played(let values) = outcome(corner)
    else { return nil }
    let value = self.value(requirements[term].metric, values, corner)
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
    var terms = requirements.map { value($0.metric, values, point) }
    terms.append(value(objective, values, point))
    guard let found = better(point, terms, requirements, nearest, best) else { return }
    guard requirements.contains(where: \.metric.isPlayed) || objective.isPlayed else {
      best = found
      return
    }
    // The tail is played last, of points that would win without it.
    let metrics = requirements.map(\.metric) + [objective]
    for place in metrics.indices where metrics[place].isPlayed { terms[place] = tailTime(point) }
    if let found = better(point, terms, requirements, nearest, best) { best = found }
  }

  /// The point as the best so far; nil where it is not.
  private func better(
    _ point: [Int], _ terms: [Double], _ requirements: [Requirement], _ nearest: Bool,
    _ best: Best?
  ) -> Best? {
    guard !terms.contains(where: \.isNaN) else { return nil }
    let violation = zip(requirements, terms).reduce(0) { max($0, $1.0.violation($1.1)) }
    guard nearest || violation == 0 else { return nil }
    let found = Best(point: point, values: terms, violation: violation)
    guard let best else { return found }
    return cost(of: found, nearest: nearest) < cost(of: best, nearest: nearest) ? found : nil
  }

  private func value(_ metric: PlannedMetric, _ values: [Double], _ point: [Int]) -> Double {
    metric.value(
      metric.metrics.map { name in metrics.firstIndex(of: name).map { values[$0] } ?? .nan },
      devices: devices.map { $0.counts[point[$0.axis]] } ?? 1)
  }

  /// The place of a point among those of one device.
  private func code(_ point: [Int]) -> Int {
    var code = 0
    for axis in axes.indices where axis != devices?.axis {
      code = code * axes[axis].values.count + point[axis]
    }
    return code
  }

  private func tailTime(_ point: [Int]) -> Double {
    let code = code(point)
    if let known = knownTails[code] { return known }
    let time = tail(point)
    knownTails[code] = time
    return time
  }

  private func outcome(_ point: [Int]) -> Outcome {
    let code = code(point)
    if let known = known[code] { return known }
    let outcome = play(point)
    known[code] = outcome
    return outcome
  }
}

extension [Double] {
  fileprivate var isRising: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
