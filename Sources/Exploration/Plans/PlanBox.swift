/// A part of the space of a plan: a range of values of every axis.
struct PlanBox {
  var ranges: [ClosedRange<Int>]
  /// No point of it costs less; -infinity where that is not known.
  var bound = -Double.infinity

  var isPoint: Bool { ranges.allSatisfy { $0.count == 1 } }

  /// The point of the box where a metric is least, or greatest; nil where its senses do not say.
  func corner(_ senses: [Sense], isLeast: Bool) -> [Int]? {
    var point: [Int] = []
    point.reserveCapacity(ranges.count)
    for (range, sense) in zip(ranges, senses) {
      switch sense {
      case .rises: point.append(isLeast ? range.lowerBound : range.upperBound)
      case .falls: point.append(isLeast ? range.upperBound : range.lowerBound)
      case .steady: point.append(range.lowerBound)
      case .unknown:
        guard range.count == 1 else { return nil }
        point.append(range.lowerBound)
      }
    }
    return point
  }

  /// The parts in which the box is looked at next.
  /// - Parameter isOpen: axes of which some metric's sense is not known: they are taken value by value,
  ///   the others are halved, the longest first.
  func parts(_ isOpen: [Bool]) -> [PlanBox] {
    func with(_ axis: Int, _ range: ClosedRange<Int>) -> PlanBox {
      var other = self
      other.ranges[axis] = range
      return other
    }
    if let axis = ranges.indices.first(where: { isOpen[$0] && ranges[$0].count > 1 }) {
      return ranges[axis].map { with(axis, $0...$0) }
    }
    guard let axis = ranges.indices.max(by: { ranges[$0].count < ranges[$1].count }) else {
      return []
    }
    let middle = (ranges[axis].lowerBound + ranges[axis].upperBound) / 2
    return [
      with(axis, ranges[axis].lowerBound...middle),
      with(axis, middle + 1...ranges[axis].upperBound),
    ]
  }
}
