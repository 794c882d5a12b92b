/// How the terms of a plan, requirements and then the objective, go with its axes.
struct PlanSenses {
  /// By term and axis.
  let terms: [[Sense]]
  /// Of the memory that decides whether a point can be played.
  let room: [Sense]
  /// Axes whose values are rising numbers.
  let isNumeric: [Bool]
  /// Axes of which some term's sense is not known.
  let isOpen: [Bool]
  /// Axes that the objective is a share of.
  let isShared: [Bool]
  private let numbers: [[Double]?]

  init(_ axes: [Axis], _ metrics: [PlannedMetric], isOfStreams: Bool) {
    let isNumeric = axes.map { $0.numbers?.isRising == true }
    let terms = metrics.map { metric in
      zip(axes, isNumeric).map {
        $1 ? Sense(of: metric, with: $0.key, isOfStreams: isOfStreams) : .unknown
      }
    }
    self.isNumeric = isNumeric
    self.terms = terms
    room = zip(axes, isNumeric).map {
      $1 ? Sense.ofRoom(with: $0.key, isOfStreams: isOfStreams) : .unknown
    }
    isShared = axes.indices.map { terms.last?[$0] == .shared }
    numbers = axes.map(\.numbers)
    isOpen = axes.indices.map { axis in terms.contains { $0[axis] == .unknown } }
  }

  /// How many times better a term may be in a box than at its corner, for axes that it is shared on.
  func share(_ term: Int, _ box: PlanBox) -> Double {
    var share = 1.0
    for (axis, range) in box.ranges.enumerated() where terms[term][axis] == .shared {
      guard let numbers = numbers[axis], range.count > 1 else { continue }
      let low = numbers[range.lowerBound]
      share *= low > 0 ? numbers[range.upperBound] / low : .infinity
    }
    return share
  }
}

extension [Double] {
  fileprivate var isRising: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
