import Hardware
import Programs

/// How long a kernel of one family takes, from its sizes, data-sheet figures and a few coefficients.
public protocol CostForm: Sendable {
  /// In the order in which `seconds` reads them.
  static var coefficients: [CoefficientRange] { get }

  /// The time of a call of this family, in seconds.
  ///
  /// - Parameter values: one for each of `coefficients`.
  static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ values: UnsafePointer<Double>
  ) -> Double

  /// The grid of the residual surface, or nil for a form that has none.
  static var grid: ResidualGrid? { get }

  /// Where a call lies on that grid.
  static func place(_ call: KernelCall, on device: DeviceFigures) -> (Double, Double)
}

extension CostForm {
  public static var grid: ResidualGrid? { nil }
  public static func place(_ call: KernelCall, on device: DeviceFigures) -> (Double, Double) {
    (0, 0)
  }
}

/// What a fit may do with one coefficient.
public struct CoefficientRange: Sendable, Hashable {
  public var name: String
  public var start: Double
  /// The fit stays between them.
  public var low: Double
  public var high: Double
  /// `us`, or empty for a share.
  public var unit: String

  /// - Precondition: `low < start < high`, all positive.
  public init(_ name: String, start: Double, low: Double, high: Double, unit: String = "") {
    precondition(0 < low && low < start && start < high, "a range around its start")
    self.name = name
    self.start = start
    self.low = low
    self.high = high
    self.unit = unit
  }
}

/// The knots of a residual surface.
public struct ResidualGrid: Sendable, Hashable {
  public var firstStart: Double
  public var firstStep: Double
  public var firstCount: Int
  public var secondStart: Double
  public var secondStep: Double
  public var secondCount: Int

  public init(
    firstStart: Double, firstStep: Double, firstCount: Int, secondStart: Double,
    secondStep: Double, secondCount: Int
  ) {
    self.firstStart = firstStart
    self.firstStep = firstStep
    self.firstCount = firstCount
    self.secondStart = secondStart
    self.secondStep = secondStep
    self.secondCount = secondCount
  }
}
