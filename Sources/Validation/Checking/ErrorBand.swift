import Diagnostics
import Hardware
import NumericalMethods
import Programs
import Quantities

/// Between which factors of the truth predictions lie, nine times of ten.
public struct ErrorBand: Sendable, Hashable {
  /// Of predicted over measured.
  public var low: Double
  public var high: Double
  /// Calibrated devices on which inheritance was tried, to learn how wrong it is; 0 for a kernel
  /// with coefficients of its own.
  public var devices: Int

  public init(low: Double, high: Double, devices: Int) {
    self.low = low
    self.high = high
    self.devices = devices
  }

  /// Whether predicted over measured lies in the band.
  public func contains(_ ratio: Double) -> Bool { (low...high).contains(ratio) }
}

extension KernelBook {
  /// Share of predictions that a band is to hold.
  private static let share = 0.9
  /// Most calls on which inheritance is tried.
  private static let mostCalls = 300
  /// Pairs of devices that are nearer say nothing of distance.
  private static let leastDistance = 1.0
  /// Logarithm of the error for each unit of distance, where no pair of devices tells.
  private static let usualSlope = 0.25

  /// The band of the predictions for some calls of a family and kernel on a device; nil when no
  /// device has the family.
  ///
  /// For a calibrated kernel it is the error on shapes that the fit had not seen. For an inherited
  /// one three parts add as independent errors do: the donor's own error; what the donor's residual
  /// surface, which is not inherited, corrected on the donor; and the error for each unit of
  /// distance, times the distance. That slope is found without a measurement of the device: each
  /// other calibrated device is taken as if it were new, its calls are priced by what it would
  /// inherit from one at least `leastDistance` away, and compared with its own coefficients. The
  /// largest slope counts, widened by `1 + 1/n` for `n` devices, as the largest of `n` is passed by
  /// the next one with a chance of `1/(n + 1)`.
  /// - Throws: `Faults` when a profile lacks what forms need, `NumericalFault` for a price that is
  ///   no number.
  public func band(
    family: String, kernel: String, on profile: Profile, calls: [KernelCall]
  ) throws -> ErrorBand? {
    guard let entry = try entry(family: family, kernel: kernel, on: profile), !calls.isEmpty
    else { return nil }
    let own = entry.calibration.p90
    guard entry.isInherited else {
      return ErrorBand(low: max(0, 1 - own), high: 1 + own, devices: 0)
    }
    let step = max(1, calls.count / Self.mostCalls)
    let few = stride(from: 0, to: calls.count, by: step).map { calls[$0] }
    var slope = 0.0
    var devices = 0
    for other in profiles where other.name != profile.name && !leftOut.contains(other.name) {
      guard let one = try self.slope(family: family, kernel: kernel, on: other, but: profile, few)
      else { continue }
      slope = max(slope, one)
      devices += 1
    }
    let widened = devices == 0 ? Self.usualSlope : slope * (1 + 1 / Double(devices))
    let surface = try surfaceShare(entry, few)
    let far = widened * entry.distance
    let width = (own * own + surface * surface + far * far).squareRoot()
    return ErrorBand(
      low: Elementary.exponential(-width), high: Elementary.exponential(width), devices: devices)
  }

  /// The error for each unit of distance when a calibrated device inherits; nil without a donor.
  private func slope(
    family: String, kernel: String, on other: Profile, but profile: Profile, _ calls: [KernelCall]
  ) throws -> Double? {
    guard other.calibrations.contains(where: { $0.family == family && $0.device == other.name }),
      let truth = try entry(family: family, kernel: kernel, on: other)
    else { return nil }
    let rest = KernelBook(profiles, leavingOut: leftOut.union([other.name, profile.name]))
    guard
      let guess = try rest.entry(
        family: family, kernel: truth.calibration.kernel, on: other,
        notNearer: Self.leastDistance)
    else { return nil }
    let errors = calls.map { call in
      abs(Elementary.logarithm(guess.form.seconds(call) / truth.form.seconds(call)))
    }
    return try Quantiles(errors).interpolated(Self.share) / guess.distance
  }

  /// How much the donor's surface corrects calls like these.
  private func surfaceShare(_ entry: Entry, _ calls: [KernelCall]) throws -> Double {
    guard let surface = entry.calibration.surface else { return 0 }
    let (form, device) = (entry.form.form, entry.form.device)
    return try Quantiles(calls.map { abs(surface(form.place($0, on: device))) })
      .interpolated(Self.share)
  }
}
