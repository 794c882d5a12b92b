/// The fitted coefficients of one kernel's cost form on one device.
public struct KernelCalibration: Sendable, Hashable {
  /// One fitted coefficient with its 95 % confidence interval.
  public struct Coefficient: Sendable, Hashable {
    public var name: String
    public var value: Double
    public var low: Double
    public var high: Double
    public init(name: String, value: Double, low: Double, high: Double) {
      self.name = name
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// The profile that it was fitted for.
  public var device: String
  /// The cost form: `gemm`, `attention-decode`, ….
  public var family: String
  /// Who ran it and in which format: `vllm-bf16`.
  public var kernel: String
  public var coefficients: [Coefficient]
  /// What is left of the logarithm of measured over predicted time, by two physical coordinates.
  public var surface: ResidualSurface?
  /// Rows and shape groups of the fit.
  public var rows: Int
  public var groups: Int
  /// Mean absolute relative error over shape groups that the fit had not seen, and its 90 % point.
  public var error: Double
  public var p90: Double
  /// The file of the rows, and the day of the fit.
  public var source: String
  public var date: String

  public init(
    device: String, family: String, kernel: String, coefficients: [Coefficient],
    surface: ResidualSurface?, rows: Int, groups: Int, error: Double, p90: Double, source: String,
    date: String
  ) {
    self.device = device
    self.family = family
    self.kernel = kernel
    self.coefficients = coefficients
    self.surface = surface
    self.rows = rows
    self.groups = groups
    self.error = error
    self.p90 = p90
    self.source = source
    self.date = date
  }
}

/// A correction on a regular grid of two coordinates, linear between its knots and constant outside.
///
/// It is a measured efficiency curve over two sizes: the value is added to the logarithm of a time.
public struct ResidualSurface: Sendable, Hashable {
  public var firstStart: Double
  public var firstStep: Double
  public var firstCount: Int
  public var secondStart: Double
  public var secondStep: Double
  public var secondCount: Int
  /// Row by row along the second coordinate.
  public var values: [Double]

  /// - Precondition: counts of 1 or more, positive steps, one value for each knot.
  public init(
    firstStart: Double, firstStep: Double, firstCount: Int, secondStart: Double,
    secondStep: Double, secondCount: Int, values: [Double]
  ) {
    precondition(firstCount >= 1 && secondCount >= 1 && firstStep > 0 && secondStep > 0)
    precondition(values.count == firstCount * secondCount, "a value for each knot")
    self.firstStart = firstStart
    self.firstStep = firstStep
    self.firstCount = firstCount
    self.secondStart = secondStart
    self.secondStep = secondStep
    self.secondCount = secondCount
    self.values = values
  }

  /// The knots around a point with their shares, which sum to 1.
  @inline(__always)
  public func corners(_ first: Double, _ second: Double) -> (
    low: (Int, Double), high: (Int, Double), lowNext: (Int, Double), highNext: (Int, Double)
  ) {
    let (a, s) = Self.place(first, firstStart, firstStep, firstCount)
    let (b, t) = Self.place(second, secondStart, secondStep, secondCount)
    let nextA = min(a + 1, firstCount - 1)
    let nextB = min(b + 1, secondCount - 1)
    return (
      (a * secondCount + b, (1 - s) * (1 - t)), (nextA * secondCount + b, s * (1 - t)),
      (a * secondCount + nextB, (1 - s) * t), (nextA * secondCount + nextB, s * t)
    )
  }

  public func callAsFunction(_ first: Double, _ second: Double) -> Double {
    let c = corners(first, second)
    return values[c.low.0] * c.low.1 + values[c.high.0] * c.high.1
      + values[c.lowNext.0] * c.lowNext.1 + values[c.highNext.0] * c.highNext.1
  }

  private static func place(
    _ x: Double, _ start: Double, _ step: Double, _ count: Int
  ) -> (Int, Double) {
    let position = min(max((x - start) / step, 0), Double(count - 1))
    let knot = min(Int(position), max(0, count - 2))
    return (knot, position - Double(knot))
  }
}
