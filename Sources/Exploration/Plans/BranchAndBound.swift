/// Looks for the best point of a plan through boxes of its grid that are bounded from their corners.
struct BranchAndBound {
  let contest: Contest
  let senses: PlanSenses

  private var points: PlannedPoints { contest.points }

  /// Looks through the whole grid.
  func run() {
    run(PlanBox(ranges: points.axes.map { 0...$0.values.count - 1 }))
  }

  /// Looks through a box, the part with the least bound first.
  func run(_ whole: PlanBox) {
    var queue = [whole]
    while let box = queue.popLast() {
      if box.bound >= contest.cost { continue }
      if box.isPoint {
        contest.consider(box.ranges.map(\.lowerBound))
        continue
      }
      let valley = PlanValley(of: box, in: self)
      valley?.propose()
      for var part in box.parts(senses) {
        part.isSurveyed = box.isSurveyed || valley != nil
        guard let bound = bound(part) else { continue }
        part.bound = max(bound, box.bound)
        // The least bound stands last.
        let place = queue.firstIndex { $0.bound <= part.bound } ?? queue.count
        queue.insert(part, at: place)
      }
    }
  }

  /// What the corners of a box tell of its points.
  enum Promise {
    /// None costs less.
    case cost(Double)
    /// Each misses some requirement by this share of its limit or more.
    case missed(Double)
    /// Memory does not suffice for any.
    case noRoom
  }

  func promise(_ box: PlanBox) -> Promise {
    if let corner = box.corner(senses.room, isLeast: true),
      case .refused(isForRoom: true) = points.outcome(corner)
    {
      return .noRoom
    }
    let least = leastCost(box)
    // Corners of requirements are other points: they are not asked where the objective says enough.
    guard least < contest.cost else { return .cost(least) }
    let violation = violation(box)
    return violation > 0 ? .missed(violation) : .cost(least)
  }

  /// No more than what any point of the box costs; nil where none can be what is looked for.
  private func bound(_ box: PlanBox) -> Double? {
    switch promise(box) {
    case .cost(let cost): contest.isNearest ? 0 : cost
    case .missed(let violation): contest.isNearest ? violation : nil
    case .noRoom: nil
    }
  }

  /// No more than what any point of the box costs, from the corner where the objective is best, which
  /// is considered; -infinity where that is not known.
  private func leastCost(_ box: PlanBox) -> Double {
    guard !contest.isNearest else { return -.infinity }
    let term = contest.requirements.count
    guard let corner = box.corner(senses.terms[term], isLeast: !contest.isLargerBetter) else {
      return -.infinity
    }
    contest.consider(corner)
    guard case .played(let values) = points.outcome(corner) else { return -.infinity }
    let share = senses.share(term, box)
    let cost = contest.cost(values, corner) * (contest.isLargerBetter ? share : 1 / share)
    return cost.isNaN ? -.infinity : cost - abs(cost) * PlanSearch.slack
  }

  /// By how much every point of the box misses a requirement: the worst of them where the nearest
  /// point is looked for, else the first that rules the box out.
  private func violation(_ box: PlanBox) -> Double {
    var worst = 0.0
    for (place, requirement) in contest.requirements.enumerated() {
      guard let value = extreme(place, box) else { continue }
      let slack = requirement.isUpper ? 1 - PlanSearch.slack : 1 + PlanSearch.slack
      worst = max(worst, requirement.violation(value * slack))
      if worst > 0, !contest.isNearest { break }
    }
    return worst
  }

  /// The value of a requirement's metric where it holds most easily; nil where that is not known.
  private func extreme(_ term: Int, _ box: PlanBox) -> Double? {
    let requirement = contest.requirements[term]
    guard let corner = box.corner(senses.terms[term], isLeast: requirement.isUpper),
      case .played(let values) = points.outcome(corner)
    else { return nil }
    let share = senses.share(term, box)
    let value =
      points.value(requirement.metric, values, corner)
      * (requirement.isUpper ? 1 / share : share)
    return value.isNaN ? nil : value
  }
}
