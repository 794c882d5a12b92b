/// Which layers of a model a part of a method is for.
public enum LayerRange: Sendable, Hashable {
  case all
  /// From the first to the last of these layers, counted from 0.
  case places(ClosedRange<Int>)
  /// From one share of the depth up to another: `0..<0.5` is the first half.
  case depth(Range<Double>)

  public func contains(_ layer: Int, of count: Int) -> Bool {
    switch self {
    case .all: return true
    case .places(let range): return range.contains(layer)
    case .depth(let range):
      let first = Int((range.lowerBound * Double(count)).rounded())
      let end = Int((range.upperBound * Double(count)).rounded())
      return layer >= first && layer < end
    }
  }
}
