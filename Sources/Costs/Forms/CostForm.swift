import Hardware
import Programs

/// How long a kernel of one family takes, from its sizes, data-sheet figures and a few coefficients.
public protocol CostForm: Sendable {
  /// In the order in which `seconds` reads them.
  static var coefficients: [CoefficientRange] { get }

  /// Where else a search may start, by the names of the coefficients that differ: a local search
  /// from one start need not reach the valley of every device.
  static var otherStarts: [[String: Double]] { get }

  /// The time of a call of this family, in seconds.
  ///
  /// - Parameter values: one for each of `coefficients`.
  static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ values: UnsafePointer<Double>
  ) -> Double

  /// The knots of the residual surface along up to three coordinates; none for a form without one.
  static var knots: [[Double]] { get }

  /// Where a call lies on that grid.
  static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint

  /// The least time that physics allows a call on this device, in seconds; no price is below it.
  static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double

  /// The coefficients of a device that nobody timed, from those fitted on the nearest one.
  static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double]

  /// Whether kernels of this form are compiled for the matrix instructions of their device, so that
  /// what they reach there is theirs alone.
  static var isCompiled: Bool { get }

  /// The kernel relative to which one of this form carries over to other cores; nil where its
  /// coefficients do so by themselves.
  static func reference(of kernel: String) -> KernelReference?

  /// Whether all kernels of this form are one vendor's library, whoever calls it: then the nearest
  /// device says more of a kernel than the nearest name.
  static var isOneLibrary: Bool { get }

  /// Whether a kernel's coefficients say something of another kernel that this form prices; where
  /// they name different work, they do not.
  static func says(_ kernel: String, of wanted: String) -> Bool

  /// Whether a kernel with these coefficients uses its device as others of the family do. One that
  /// does not, for want of tuning, says nothing of another architecture.
  static func isTuned(_ values: [Double]) -> Bool
}

extension CostForm {
  public static var otherStarts: [[String: Double]] { [] }
  public static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double {
    Roofline.floor(call, on: device)
  }
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] { values }
  public static func reference(of kernel: String) -> KernelReference? { nil }
  public static var isCompiled: Bool { false }
  public static var isOneLibrary: Bool { false }
  public static func says(_ kernel: String, of wanted: String) -> Bool { true }
  public static func isTuned(_ values: [Double]) -> Bool { true }
  public static var knots: [[Double]] { [] }
  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    SurfacePoint(0)
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
  /// Whether rows that leave it open are no fault: it is then held, at `start` where others can
  /// stand in for it, else at what was found beside the others or at the end it ran into.
  public var mayStayOpen: Bool
  /// How strongly a fit is drawn to `start`: what a logit of the range weighs beside a relative
  /// error. 0 is not at all; of a pulled coefficient something is always known, so it is not held.
  public var pull: Double

  /// - Precondition: `low < start < high`, all positive.
  public init(
    _ name: String, start: Double, low: Double, high: Double, unit: String = "",
    mayStayOpen: Bool = false, pull: Double = 0
  ) {
    precondition(0 < low && low < start && start < high, "a range around its start")
    self.name = name
    self.start = start
    self.low = low
    self.high = high
    self.unit = unit
    self.mayStayOpen = mayStayOpen
    self.pull = pull
  }
}
