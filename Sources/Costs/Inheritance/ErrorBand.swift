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
  private static let otherArchitecture = 1.0
  /// Logarithm of the error for each unit of distance, where no pair of devices tells.
  ///
  /// Twice what families show that several devices have.
  private static let usualSlope = 0.35
  /// Two devices are never the same: versions and boards differ by some percent.
  private static let leastDistance = 0.5

  /// The band of the predictions for some calls of a family and kernel on a device; nil when no
  /// device has the family.
  ///
  /// For a calibrated kernel it is the error on shapes that the fit had not seen. For an inherited
  /// one it is the donor's own error with what the donor's residual surface, which is not inherited,
  /// corrected on the donor (both are where the form is weak, so they add); and, as an error
  /// independent of these, that for each unit of distance times the distance. This slope is found
  /// without a measurement of the device: each other calibrated device whose kernel has the same
  /// form is taken as if it were new, the calls are priced by what it would inherit from another
  /// architecture, and compared with its own coefficients. The root mean square of the slopes
  /// counts, widened by `1 + 1/n` for `n` devices.
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
    var slopes: [Double] = []
    for other in try profiles() where other.name != profile.name && !leftOut.contains(other.name) {
      if let one = try slope(entry, kernel: kernel, on: other, but: profile, few) {
        slopes.append(one)
      }
    }
    let squares = slopes.reduce(0) { $0 + $1 * $1 }
    let count = Double(slopes.count)
    let slope = slopes.isEmpty ? Self.usualSlope : (squares / count).squareRoot() * (1 + 1 / count)
    let far = slope * (Self.leastDistance + entry.distance)
    let near = own + (try surfaceShare(entry, few))
    let width = (near * near + far * far).squareRoot()
    return ErrorBand(
      low: Elementary.exponential(-width), high: Elementary.exponential(width),
      devices: slopes.count)
  }

  /// The error for each unit of distance when a calibrated device inherits; nil where it has no
  /// kernel of the form of `entry`, or no donor.
  private func slope(
    _ entry: Entry, kernel: String, on other: Profile, but profile: Profile, _ calls: [KernelCall]
  ) throws -> Double? {
    let family = entry.calibration.family
    guard other.calibrations.contains(where: { $0.family == family && $0.device == other.name }),
      let truth = try self.entry(family: family, kernel: kernel, on: other),
      truth.calibration.device == other.name, truth.form.form == entry.form.form
    else { return nil }
    let all = try profiles()
    let rest = KernelBook(all, leavingOut: leftOut.union([other.name, profile.name]))
    guard
      let guess = try rest.entry(
        family: family, kernel: truth.calibration.kernel, on: other, from: all,
        notNearer: Self.otherArchitecture)
    else { return nil }
    // A device may lack what a call asks for, a link or a format.
    let errors = calls.map { call in
      abs(Elementary.logarithm(guess.form.seconds(call) / truth.form.seconds(call)))
    }.filter(\.isFinite)
    guard !errors.isEmpty else { return nil }
    return try Quantiles(errors).interpolated(Self.share) / (Self.leastDistance + guess.distance)
  }

  /// How much the donor's surface corrects calls like these.
  private func surfaceShare(_ entry: Entry, _ calls: [KernelCall]) throws -> Double {
    guard let surface = entry.calibration.surface else { return 0 }
    let (form, device) = (entry.form.form, entry.form.device)
    return try Quantiles(calls.map { abs(surface(form.place($0, on: device))) })
      .interpolated(Self.share)
  }
}
