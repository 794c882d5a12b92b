/// Finds the best point of a grid of values that holds some requirements.
///
/// Small spaces are searched whole. In large ones, boxes of the grid are bounded from the points where
/// each metric is least, which `Sense` names, and boxes that cannot hold or cannot win are left out. Prices
/// of real kernels go in small steps the wrong way here and there, so bounds are loosened by
/// `slack`. Where no sense of a numeric key is known, `PlanValley` proposes a value of it first.
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

  private let requirements: [Requirement]
  private let objective: PlannedMetric
  private let isLargerBetter: Bool
  private let known: PlannedPoints
  private let senses: PlanSenses

  /// - Parameters:
  ///   - metrics: of the report, in the order in which `play` gives them.
  ///   - isOfStreams: whether points are streams of requests.
  ///   - play: works out a point.
  ///   - tail: the time that 99 of 100 steps of a point stay below in playback; asked for points that
  ///     hold everything else and would win.
  public init(
    _ axes: [Axis], requirements: [Requirement], objective: PlannedMetric, isLargerBetter: Bool,
    metrics: [String], isOfStreams: Bool = false, play: @escaping ([Int]) -> Outcome,
    tail: @escaping ([Int]) -> Double = { _ in .nan }
  ) {
    self.requirements = requirements
    self.objective = objective
    self.isLargerBetter = isLargerBetter
    known = PlannedPoints(axes, metrics: metrics, play: play, tail: tail)
    senses = PlanSenses(axes, requirements.map(\.metric) + [objective], isOfStreams: isOfStreams)
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
  public var replayed: Int { known.replayed }
  /// Points worked out so far.
  public var evaluated: Int { known.evaluated }
  /// Points that can be worked out: more devices do the same side by side.
  public var points: Int { known.count }

  /// The best point that holds all requirements, looking at every point; nil where none does.
  public func exhaustive(_ requirements: [Requirement]? = nil) -> Best? {
    search(requirements ?? self.requirements, isNearest: false, isWhole: true)
  }

  /// The same by branch and bound.
  public func bounded(_ requirements: [Requirement]? = nil) -> Best? {
    search(requirements ?? self.requirements, isNearest: false, isWhole: false)
  }

  /// The point that misses the requirements least; nil where none can be played.
  /// - Parameter isWhole: looking at every point.
  public func nearest(isWhole: Bool = false) -> Best? {
    search(requirements, isNearest: true, isWhole: isWhole)
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

  private func search(
    _ requirements: [Requirement], isNearest: Bool, isWhole: Bool
  ) -> Best? {
    let contest = Contest(
      known, requirements, objective: objective, isLargerBetter: isLargerBetter,
      isNearest: isNearest)
    if isWhole {
      contest.considerAll()
    } else {
      BranchAndBound(contest: contest, senses: senses).run()
    }
    return contest.best
  }
}
