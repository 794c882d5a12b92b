/// Between which sizes and densities a kernel is measured.
///
/// Calibration and validation draw shapes from the same ranges and never the same ones: both walk
/// one low-discrepancy sequence, at different places of it.
public struct MeasuredRange: Sendable {
  /// The values that one size takes.
  public enum Size: Sendable {
    /// Anything between, even in the logarithm.
    case between(Int, Int)
    case among([Int])
  }

  public var kernel: String
  public var sizes: [Size]
  /// Even in the logarithm.
  public var density: ClosedRange<Double>
  /// Whether the dense twin is another computation.
  public var hasTwin: Bool
  /// Pieces of work beside flops and bytes: rows, bundles, scores, results.
  let pieces: @Sendable (Counted) -> Double
  /// How often a run reads its bytes, where that is not once.
  let passes: @Sendable (Counted) -> Double

  init(
    _ kernel: String, _ sizes: [Size], density: ClosedRange<Double>? = nil,
    hasTwin: Bool = true, passes: @escaping @Sendable (Counted) -> Double = { _ in 1 },
    pieces: @escaping @Sendable (Counted) -> Double
  ) {
    self.kernel = kernel
    self.sizes = sizes
    self.density = density ?? 1...1
    self.hasTwin = hasTwin
    self.passes = passes
    self.pieces = pieces
  }

  /// What pieces are counted from.
  struct Counted {
    var size: [Double]
    var density: Double
    var isDense: Bool
    var flops: Double
    var bytes: Double
    /// The share of the whole that this variant works on.
    var kept: Double { isDense ? 1 : density }
  }

  /// The shape at a place of the sequence.
  public func shape(_ place: Int) -> KernelShape {
    KernelShape(
      sizes: sizes.enumerated().map { axis, size in
        let share = Self.share(place, axis)
        switch size {
        case .among(let values):
          return values[min(Int(share * Double(values.count)), values.count - 1)]
        case .between(let low, let high):
          return Int(Self.between(Double(low), Double(high), share).rounded())
        }
      },
      density: Self.between(density.lowerBound, density.upperBound, Self.share(place, sizes.count)),
      seed: UInt64(place + 1))
  }

  /// `share` of the way from one to the other on a scale of ratios.
  private static func between(_ low: Double, _ high: Double, _ share: Double) -> Double {
    guard high > low else { return low }
    // Halving the range is all that a logarithm is for here.
    var (a, b, left) = (low, high, share)
    for _ in 0..<30 {
      let middle = (a * b).squareRoot()
      left *= 2
      if left >= 1 {
        a = middle
        left -= 1
      } else {
        b = middle
      }
    }
    return (a * b).squareRoot()
  }

  /// Roberts' additive recurrence in five dimensions: place x (1 / g) ^ axis, where g^6 = g + 1.
  private static func share(_ place: Int, _ axis: Int) -> Double {
    var step = 1.0
    for _ in 0...axis { step /= 1.1347241384015194 }
    let value = 0.5 + Double(place) * step
    return value - value.rounded(.down)
  }
}

/// A variant at a shape as the cost form of host kernels sees it.
public struct CountedWork: Sendable, Hashable {
  public var flops: Double
  public var bytes: Double
  /// Bytes between two uses of the same data when both variants run in turn.
  public var workingSet: Double
  public var pieces: Double
}

extension MeasuredRange {
  /// What one side of a timed case does.
  public func work(_ timing: CaseTiming, isDense: Bool) -> CountedWork {
    let side = isDense ? timing.dense : timing.sparse ?? timing.dense
    let counted = Counted(
      size: timing.shape.sizes.map(Double.init), density: timing.shape.density,
      isDense: isDense, flops: side.flops, bytes: side.bytes)
    return CountedWork(
      flops: side.flops, bytes: side.bytes * passes(counted),
      workingSet: timing.dense.bytes + (timing.sparse?.bytes ?? 0), pieces: pieces(counted))
  }

  /// The shape in the middle of the ranges.
  public func middle(density: Double) -> KernelShape {
    var shape = shape(0)
    for (axis, size) in sizes.enumerated() {
      switch size {
      case .among(let values): shape.sizes[axis] = values[values.count / 2]
      case .between(let low, let high):
        shape.sizes[axis] = Int((Double(low) * Double(high)).squareRoot())
      }
    }
    shape.density = density
    return shape
  }

  /// The range of a kernel; nil for those that are not timed this way (file reads).
  public static func of(_ kernel: Kernel) -> MeasuredRange? {
    all.first { $0.kernel == kernel.name }
  }
}

extension Kernel {
  /// Whether its time is a disk's.
  public var readsFiles: Bool { name.hasPrefix("file-read") }
}
