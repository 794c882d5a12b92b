import NumericalMethods
import Quantities

/// Proposes a good value of the one key of a box of which the objective's sense is not known, so that
/// a good point is known before the box is divided.
///
/// What costs go with a batch or the size of a chunk is not known beforehand; where they have one
/// valley, Brent's method finds it in a few steps. It goes along the corners at which bounds look
/// too, so it works out little that would not be worked out anyway. It decides nothing: a valley that
/// it misses is found by the bounds, later.
struct PlanValley {
  private let box: PlanBox
  private let axis: Int
  private let search: BranchAndBound

  /// Keys of fewer values are not worth a look.
  private static let fewest = 8
  /// The intervals of the first look.
  private static let scan = 4
  /// The height of values that cannot be played or do not hold, above all that logarithms give.
  private static let wall = 1000.0

  /// Nil where more keys than one are open, or that one has no numbers or few of them.
  init?(of box: PlanBox, in search: BranchAndBound) {
    let senses = search.senses
    let open = box.ranges.indices.filter {
      (senses.isOpen[$0] || senses.isShared[$0]) && box.ranges[$0].count > 1
    }
    guard let axis = open.first, open.count == 1, senses.isNumeric[axis],
      box.ranges[axis].count >= Self.fewest, !box.isSurveyed, !search.contest.isNearest
    else { return nil }
    self.box = box
    self.axis = axis
    self.search = search
  }

  /// Looks for the lowest value of the key, and then through the part of the box that has it.
  func propose() {
    var heights: [Int: Double] = [:]
    let range = box.ranges[axis]
    func look(_ place: Double) -> Double {
      let value = min(max(Int(place.rounded()), range.lowerBound), range.upperBound)
      if let known = heights[value] { return known }
      let found = height(of: box.with(axis, value...value))
      heights[value] = found
      return found
    }
    do throws(NumericalFault) {
      // Within half a step every place is the same value.
      _ = try Minimisation.brent(
        from: Double(range.lowerBound), to: Double(range.upperBound), scan: Self.scan,
        tolerance: 0.5 / Double(range.count), look)
    } catch {
      // Steps of the rounding may be more than the method takes; what it saw until then counts.
    }
    let lowest = heights.filter { $0.value < Self.wall }.min {
      ($0.value, $0.key) < ($1.value, $1.key)
    }
    guard let lowest else { return }
    var part = box.with(axis, lowest.key...lowest.key)
    guard case .cost(let cost) = search.promise(part) else { return }
    part.bound = cost
    search.run(part)
  }

  /// The least cost of a box on a scale that both large and small costs are told apart on.
  private func height(of part: PlanBox) -> Double {
    switch search.promise(part) {
    case .cost(let cost) where cost.isFinite:
      return Elementary.logarithm(1 + abs(cost)) * (cost < 0 ? -1 : 1)
    case .missed(let violation): return Self.wall * (1 + min(violation, 1))
    case .cost, .noRoom: return Self.wall * 3
    }
  }
}
