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
  /// Distinct rows that the errors are over, and the shape groups they form.
  public var rows: Int
  public var groups: Int
  /// Rows that the coefficients were fitted to, where a table has more than a fit needs; nil for all.
  public var fittedRows: Int?
  /// Mean absolute relative error over shape groups that the fit had not seen, and its 90 % point.
  public var error: Double
  public var p90: Double
  /// The file of the rows, and the day of the fit.
  public var source: String
  public var date: String

  public init(
    device: String, family: String, kernel: String, coefficients: [Coefficient],
    surface: ResidualSurface?, rows: Int, fittedRows: Int? = nil, groups: Int, error: Double,
    p90: Double, source: String, date: String
  ) {
    self.device = device
    self.family = family
    self.kernel = kernel
    self.coefficients = coefficients
    self.surface = surface
    self.rows = rows
    self.fittedRows = fittedRows
    self.groups = groups
    self.error = error
    self.p90 = p90
    self.source = source
    self.date = date
  }
}

/// A correction on a grid of up to three coordinates, linear between its knots, constant outside.
///
/// It is a measured efficiency curve over sizes: the value is added to the logarithm of a time.
public struct ResidualSurface: Sendable, Hashable {
  /// Where a point lies in the grid: knots with their shares, which sum to 1.
  public typealias Corners = InlineArray<8, (knot: Int, share: Double)>

  /// The knots of each coordinate, rising; three lists, of which unused ones hold one knot.
  public let axes: [[Double]]
  /// By the first coordinate, then the second, then the third.
  public let values: [Double]

  /// - Precondition: three axes with a knot each or more, strictly rising; a value for each knot.
  public init(axes: [[Double]], values: [Double]) {
    precondition(axes.count == 3 && axes.allSatisfy { !$0.isEmpty }, "three axes with knots")
    precondition(axes.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } }, "rising")
    precondition(values.count == axes.reduce(1) { $0 * $1.count }, "a value for each knot")
    self.axes = axes
    self.values = values
  }

  public func callAsFunction(_ point: SurfacePoint) -> Double {
    let corners = corners(point)
    var sum = 0.0
    for i in 0..<8 { sum += values[corners[i].knot] * corners[i].share }
    return sum
  }

  /// The eight knots around a point; some have a share of 0.
  public func corners(_ point: SurfacePoint) -> Corners {
    let a = place(point.first, 0)
    let b = place(point.second, 1)
    let c = place(point.third, 2)
    let (second, third) = (axes[1].count, axes[2].count)
    return Corners { corner in
      let (i, shareA) = corner & 1 == 0 ? (a.knot, 1 - a.share) : (a.next, a.share)
      let (j, shareB) = corner & 2 == 0 ? (b.knot, 1 - b.share) : (b.next, b.share)
      let (k, shareC) = corner & 4 == 0 ? (c.knot, 1 - c.share) : (c.next, c.share)
      return ((i * second + j) * third + k, shareA * shareB * shareC)
    }
  }

  private func place(_ x: Double, _ axis: Int) -> (knot: Int, next: Int, share: Double) {
    let knots = axes[axis]
    let last = knots.count - 1
    guard last > 0, x > knots[0] else { return (0, 0, 0) }
    guard x < knots[last] else { return (last, last, 0) }
    var knot = 0
    while knots[knot + 1] <= x { knot += 1 }
    return (knot, knot + 1, (x - knots[knot]) / (knots[knot + 1] - knots[knot]))
  }
}

/// A point of a residual surface.
public struct SurfacePoint: Sendable, Hashable {
  public var first: Double
  public var second: Double
  public var third: Double
  public init(_ first: Double, _ second: Double = 0, _ third: Double = 0) {
    self.first = first
    self.second = second
    self.third = third
  }
}
