import CGSL

/// Points that fill the unit cube evenly, in a fixed order: Sobol's sequence.
///
/// The first point is (0.5, 0.5, …): GSL leaves out the origin. Point i is the same on every
/// machine, so a shard may start at its own index through `skipping`.
///
/// *Source*: Bratley and Fox, Algorithm 659, ACM TOMS 14 (1988), which has 40 dimensions.
public struct SobolSequence: ~Copyable {
  /// The largest number of dimensions. GSL does not report a larger one, so it is refused here.
  public static let mostDimensions = 40
  /// The number of points that the sequence has: its generator counts in 30 bits.
  public static let mostPoints = (1 << 30) - 1

  public let dimensions: Int
  /// How many points have been passed.
  public private(set) var index: Int
  private let generator: UnsafeMutablePointer<gsl_qrng>

  /// - Throws: `.outOfRange` for fewer than 1 or more than 40 dimensions, or a start outside
  ///   0..<`mostPoints`.
  /// - Complexity: O(`skipped`).
  public init(dimensions: Int, skipping skipped: Int = 0) throws(NumericalFault) {
    guard dimensions >= 1, dimensions <= Self.mostDimensions else {
      throw .outOfRange(argument: "dimensions", found: Double(dimensions), allowed: "1 to 40")
    }
    guard skipped >= 0, skipped < Self.mostPoints else {
      throw .outOfRange(
        argument: "skipping", found: Double(skipped), allowed: "0 to \(Self.mostPoints - 1)")
    }
    generator = try Self.start(dimensions: dimensions, skipping: skipped)
    self.dimensions = dimensions
    index = skipped
  }

  deinit { gsl_qrng_free(generator) }

  /// The next point, each coordinate above 0 and below 1.
  ///
  /// - Throws: `.tooFew` when the sequence has ended.
  public mutating func next() throws(NumericalFault) -> [Double] {
    guard index < Self.mostPoints else {
      throw .tooFew(argument: "points", found: Self.mostPoints, needed: index + 1)
    }
    var point = [Double](repeating: 0, count: dimensions)
    try Library.check(gsl_qrng_get(generator, &point), "gsl_qrng_get")
    index += 1
    return point
  }

  private static func start(
    dimensions: Int, skipping skipped: Int
  ) throws(NumericalFault) -> UnsafeMutablePointer<gsl_qrng> {
    Library.open()
    let generator = try Library.allocated(
      gsl_qrng_alloc(lacuna_qrng_sobol(), UInt32(dimensions)), "gsl_qrng_alloc")
    var discarded = [Double](repeating: 0, count: dimensions)
    for _ in 0..<skipped {
      let code = gsl_qrng_get(generator, &discarded)
      guard code == Int32(GSL_SUCCESS) else {
        gsl_qrng_free(generator)
        throw .refused(routine: "gsl_qrng_get", code: code)
      }
    }
    return generator
  }
}
