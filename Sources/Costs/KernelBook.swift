import Diagnostics
import Hardware
import Programs

/// Which coefficients price a measured series: the device's own, or those of the nearest device.
public struct KernelBook: Sendable {
  /// The form for a series and where its coefficients are from.
  public struct Entry: Sendable {
    public var form: CalibratedForm
    public var calibration: KernelCalibration
    /// The profile that the coefficients belong to; another than the device's is inheritance.
    public var origin: String
    public var isInherited: Bool
  }

  private let profiles: [Profile]
  /// Profiles whose coefficients are not used, so that a device can be predicted unseen.
  private let leftOut: Set<String>

  public init(_ profiles: [Profile], leavingOut: Set<String> = []) {
    self.profiles = profiles
    leftOut = leavingOut
  }

  /// The coefficients for a family and kernel on a device; nil when no device has the family.
  ///
  /// The device's own kernel comes first, then its nearest kernel of the family, then that of the
  /// nearest other device. A residual surface is of one device and is not inherited.
  /// - Throws: `Faults` when the profile lacks what forms need.
  public func entry(
    family: String, kernel: String, on profile: Profile
  ) throws(Faults) -> Entry? {
    var best: (rank: Rank, calibration: KernelCalibration, origin: String)?
    for other in profiles where !leftOut.contains(other.name) {
      // Machines composed of a device carry its coefficients: they are left out with it.
      for calibration in other.calibrations
      where calibration.family == family && !leftOut.contains(calibration.device) {
        let rank = Rank(calibration, kernel: kernel, of: other, for: profile)
        if best.map({ rank < $0.rank }) ?? true { best = (rank, calibration, other.name) }
      }
    }
    guard let best else { return nil }
    let found = best.calibration
    // A kernel's own tiles with another's coefficients, where both mean the same by them.
    let own = FormCatalog.form(of: family, kernel: kernel)
    let theirs = FormCatalog.form(of: family, kernel: found.kernel)
    let names = found.coefficients.map(\.name)
    guard let form = own?.coefficients.map(\.name) == names ? own : theirs else { return nil }
    guard names == form.coefficients.map(\.name) else {
      throw Faults(
        .conflict(
          key: "\(family)/\(found.kernel)", found: "coefficients of another form",
          mend: "run `lacuna calibrate` again for \(best.origin)"),
        at: SourcePosition(file: best.origin))
    }
    let isInherited = best.origin != profile.name
    let figures = try DeviceFigures(profile)
    let values = found.coefficients.map(\.value)
    return Entry(
      form: CalibratedForm(
        form: form, device: figures, values: isInherited ? form.inheritance(values) : values,
        surface: isInherited ? nil : found.surface),
      calibration: found, origin: best.origin, isInherited: isInherited)
  }
}

/// How far a calibration is from what is wanted; smaller is nearer.
private struct Rank: Comparable {
  var parts: [Double]
  var name: String

  init(_ calibration: KernelCalibration, kernel: String, of other: Profile, for wanted: Profile) {
    let words = Set(kernel.split(separator: "-"))
    let own = Set(calibration.kernel.split(separator: "-"))
    let shared = Double(words.intersection(own).count) / Double(max(1, words.union(own).count))
    let bandwidths = (Rank.bandwidth(other), Rank.bandwidth(wanted))
    parts = [
      other.name == wanted.name ? 0 : 1, Rank.format(words) == Rank.format(own) ? 0 : 1,
      other.deviceClass == wanted.deviceClass ? 0 : 1, 1 - shared,
      abs(bandwidths.0 - bandwidths.1) / max(bandwidths.0, bandwidths.1, 1),
    ]
    name = other.name + "/" + calibration.kernel
  }

  /// The words of a kernel's name that say in which format it works.
  private static func format(_ words: Set<Substring>) -> Set<Substring> {
    words.intersection(["bf16", "fp16", "fp8", "int8", "int4", "mxfp4", "block", "wo", "fp8kv"])
  }

  private static func bandwidth(_ profile: Profile) -> Double {
    profile.computeUnit("gpu").flatMap { profile.tier($0.memory) }?.bandwidth.value.value ?? 0
  }

  static func < (a: Rank, b: Rank) -> Bool {
    for (x, y) in zip(a.parts, b.parts) where x != y { return x < y }
    return a.name < b.name
  }
}
