/// A part of the space of a plan: a range of values of every axis.
struct PlanBox {
  var ranges: [ClosedRange<Int>]
  /// No point of it costs less; -infinity where that is not known.
  var bound = -Double.infinity
  /// Whether a valley was looked for in a box that it is part of.
  var isSurveyed = false

  var isPoint: Bool { ranges.allSatisfy { $0.count == 1 } }

  /// The point of the box where a metric is least, or greatest; nil where its senses do not say. Where
  /// it is shared among so many, it may be better by `PlanSenses.share` than there.
  func corner(_ senses: [Sense], isLeast: Bool) -> [Int]? {
    var point: [Int] = []
    point.reserveCapacity(ranges.count)
    for (range, sense) in zip(ranges, senses) {
      switch sense {
      case .rises: point.append(isLeast ? range.lowerBound : range.upperBound)
      case .falls: point.append(isLeast ? range.upperBound : range.lowerBound)
      case .steady, .shared: point.append(range.lowerBound)
      case .unknown:
        guard range.count == 1 else { return nil }
        point.append(range.lowerBound)
      }
    }
    return point
  }

  /// The box with one axis narrowed.
  func with(_ axis: Int, _ range: ClosedRange<Int>) -> PlanBox {
    var other = self
    other.ranges[axis] = range
    return other
  }

  /// The parts in which the box is looked at next: axes of which some sense is not known are taken
  /// value by value, those without numbers first; the others are halved, first those that the objective is a
  /// share of, then the longest; those that do nothing to it come last.
  func parts(_ senses: PlanSenses) -> [PlanBox] {
    let open = ranges.indices.filter { senses.isOpen[$0] && ranges[$0].count > 1 }
    if let axis = open.first(where: { !senses.isNumeric[$0] }) ?? open.first {
      return ranges[axis].map { with(axis, $0...$0) }
    }
    let wide = ranges.indices.filter { ranges[$0].count > 1 }
    func weight(_ axis: Int) -> (Int, Int) {
      (senses.terms.last?[axis] == .steady ? 0 : 1, ranges[axis].count)
    }
    guard
      let axis = wide.first(where: { senses.isShared[$0] })
        ?? wide.max(by: { weight($0) < weight($1) })
    else { return [] }
    let middle = (ranges[axis].lowerBound + ranges[axis].upperBound) / 2
    return [
      with(axis, ranges[axis].lowerBound...middle),
      with(axis, middle + 1...ranges[axis].upperBound),
    ]
  }
}
