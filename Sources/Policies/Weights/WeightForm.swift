import Quantities

/// How matrices of weights are stored that are pruned, quantised in groups, or wrapped.
///
/// A weight takes `kept (bits + place bits) + kept groups' bits + mask bits`: values that stay, what
/// says where they stood, and the scales, zero points and places of their groups.
public struct WeightForm: Sendable, Hashable {
  /// Which weights are kept.
  public enum Pattern: Sendable, Hashable {
    case dense
    /// `n` of every `m` along the inputs.
    case nOfM(n: Int, m: Int)
    /// Whole groups of neighbours along the inputs, as many as the share that is kept.
    case groups(kept: Double)
    /// Any, as many as the share that is kept.
    case unstructured(kept: Double)
  }

  /// What an index of places is kept for.
  public enum IndexScope: String, CaseIterable, Sendable {
    /// Each weight that is kept: its place.
    case kept
    /// Every weight, kept or not: a mask.
    case weight
    /// Each group that is kept.
    case group
  }

  public var pattern: Pattern
  /// Bits of a value; nil for those of `precision.weights`.
  public var bits: Double?
  /// Weights that share a scale and a zero point.
  public var group: Int
  /// Bits of a group's scale and zero point.
  public var scale: Double
  public var zero: Double
  /// Bits of an index of places, and what has one.
  public var index: Double
  public var indexScope: IndexScope
  /// Whether kernels leave out the products with zeros; others multiply what they have expanded.
  public var skips: Bool
  /// Width of the blocks of a block-diagonal matrix before and one after each matrix; 0 for none.
  public var wrap: Int

  public init(
    pattern: Pattern = .dense, bits: Double? = nil, group: Int = 1, scale: Double = 0,
    zero: Double = 0, index: Double = 0, indexScope: IndexScope = .kept, skips: Bool = false,
    wrap: Int = 0
  ) {
    self.pattern = pattern
    self.bits = bits
    self.group = group
    self.scale = scale
    self.zero = zero
    self.index = index
    self.indexScope = indexScope
    self.skips = skips
    self.wrap = wrap
  }

  /// Share of the weights that are kept.
  public var kept: Double {
    switch pattern {
    case .dense: 1
    case .nOfM(let n, let m): Double(n) / Double(m)
    case .groups(let kept), .unstructured(let kept): kept
    }
  }

  /// Bits that one weight of the dense matrix takes in the mean, without the wrapping.
  /// - Parameter value: bits of a value where the form states none.
  public func bitsOfWeight(value: Double) -> Double {
    var perKept = (bits ?? value) + (scale + zero) / Double(group)
    var mask = 0.0
    switch indexScope {
    case .kept: perKept += index
    case .group: perKept += index / Double(group)
    case .weight: mask = index
    }
    return kept * perKept + mask
  }

  /// Whether the pattern is that of sparse tensor cores.
  public var isTwoFour: Bool { pattern == .nOfM(n: 2, m: 4) }

  /// Whether values are stored as `precision.weights` has them, all of them and nothing else.
  public var isPlain: Bool {
    pattern == .dense && bits == nil && scale == 0 && zero == 0 && index == 0
  }
}
