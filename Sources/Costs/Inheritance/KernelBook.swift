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
    /// How far that profile and kernel are from what was asked for; 0 for the same.
    public var distance: Double
    /// Whether the kernel has the form of the one asked for.
    var hasForm: Bool

    /// The device's own kernels come first.
    func isNearer(than other: Entry) -> Bool {
      isInherited == other.isInherited ? distance < other.distance : !isInherited
    }
  }

  /// Finds further profiles; asked only where the first hold no kernel of the form that is wanted.
  public typealias Donors = @Sendable () throws(Faults) -> [Profile]

  private let first: [Profile]
  private let donors: Donors?
  /// Profiles whose coefficients are not used, so that a device can be predicted unseen.
  let leftOut: Set<String>

  /// - Parameters:
  ///   - profiles: where kernels are looked for first.
  ///   - donors: finds other profiles to inherit from; it keeps what it has read.
  public init(_ profiles: [Profile], leavingOut: Set<String> = [], donors: Donors? = nil) {
    first = profiles
    leftOut = leavingOut
    self.donors = donors
  }

  /// All profiles that there are.
  func profiles() throws(Faults) -> [Profile] {
    guard let donors else { return first }
    return first + (try donors())
  }

  /// The coefficients for a family and kernel on a device; nil when no device has the family,
  /// or only kernels of it that do other work.
  ///
  /// A kernel of the same form comes before others, among them the device's own before that of the
  /// nearest other device. A residual surface is of one device and is not inherited.
  /// - Throws: `Faults` when the profile lacks what forms need.
  public func entry(
    family: String, kernel: String, on profile: Profile
  ) throws(Faults) -> Entry? {
    try entry(family: family, kernels: [kernel], on: profile)
  }

  /// The same for the nearest of several kernels that may run a call; the device's own come first.
  public func entry(
    family: String, kernels: [String], on profile: Profile
  ) throws(Faults) -> Entry? {
    // A kernel of the device's own that has the form wanted ranks before that of any donor.
    if donors != nil {
      let own = try entries(family: family, kernels: kernels, on: profile, from: first)
      let nearest = own.filter(\.hasForm).min { $0.isNearer(than: $1) }
      if let nearest, !nearest.isInherited { return nearest }
    }
    return try entries(family: family, kernels: kernels, on: profile, from: profiles())
      .min { $0.isNearer(than: $1) }
  }

  private func entries(
    family: String, kernels: [String], on profile: Profile, from profiles: [Profile]
  ) throws(Faults) -> [Entry] {
    var found: [Entry] = []
    for kernel in kernels {
      let one = try entry(family: family, kernel: kernel, on: profile, from: profiles)
      if let one { found.append(one) }
    }
    return found
  }

  /// - Parameters:
  ///   - profiles: those that may give the coefficients.
  ///   - least: donor devices that are nearer are passed over.
  func entry(
    family: String, kernel: String, on profile: Profile, from profiles: [Profile],
    notNearer least: Double = 0
  ) throws(Faults) -> Entry? {
    let wanted = try DeviceLikeness(profile)
    let isPortable = KernelWords.isPortable(kernel)
    let asked = KernelRank.Wanted(family: family, kernel: kernel)
    var best: (rank: KernelRank, calibration: KernelCalibration, donor: Profile)?
    for other in profiles where !leftOut.contains(other.name) {
      // Machines composed of a device carry its coefficients: they are left out with it, and the
      // device itself is the donor.
      let candidates = other.calibrations.filter {
        $0.family == family && !leftOut.contains($0.device)
          && ($0.device == other.name || other.name == profile.name)
          && (asked.form?.says($0.kernel, of: kernel) ?? true)
      }
      guard !candidates.isEmpty else { continue }
      let donor = try DeviceLikeness(other)
      let hasCores = other.name == profile.name || donor.hasCores(of: wanted)
      for calibration in candidates {
        // A library's products of few shapes are a table of those, not a law for others.
        if other.name != profile.name, asked.form?.isOneLibrary ?? false,
          calibration.groups < Self.fewestShapes
        {
          continue
        }
        // What was compiled for other cores runs on these only where just that is asked for.
        if hasCores, !isPortable, KernelWords.isPortable(calibration.kernel) { continue }
        let rank = KernelRank(
          calibration, for: asked, isOwn: other.name == profile.name, from: donor, to: wanted)
        guard rank.deviceDistance >= least else { continue }
        if best.map({ rank < $0.rank }) ?? true { best = (rank, calibration, other) }
      }
    }
    guard let best,
      let form = try form(
        best.calibration, of: best.donor, for: kernel, on: profile, from: profiles)
    else { return nil }
    return Entry(
      form: form, calibration: best.calibration, origin: best.donor.name,
      isInherited: best.donor.name != profile.name, distance: best.rank.distance,
      hasForm: best.rank.hasForm)
  }

  private func form(
    _ found: KernelCalibration, of donor: Profile, for kernel: String, on profile: Profile,
    from profiles: [Profile]
  ) throws(Faults) -> CalibratedForm? {
    // A kernel's own tiles with another's coefficients, where both mean the same by them.
    let own = FormCatalog.form(of: found.family, kernel: kernel)
    let theirs = FormCatalog.form(of: found.family, kernel: found.kernel)
    let names = found.coefficients.map(\.name)
    guard let form = own?.coefficients.map(\.name) == names ? own : theirs else { return nil }
    guard names == form.coefficients.map(\.name) else {
      throw Faults(
        .conflict(
          key: "\(found.family)/\(found.kernel)", found: "coefficients of another form",
          mend: "run `lacuna calibrate` again for \(donor.name)"),
        at: SourcePosition(file: donor.name))
    }
    let figures = try DeviceFigures(profile)
    let values = found.coefficients.map(\.value)
    guard donor.name != profile.name else {
      return CalibratedForm(form: form, device: figures, values: values, surface: found.surface)
    }
    return CalibratedForm(
      form: form, device: figures,
      values: form.inheritance(values, from: try DeviceFigures(donor), to: figures), surface: nil,
      issue: figures.issue,
      relative: try relativeSpeed(form, found.kernel, of: donor, on: profile, from: profiles))
  }

  /// How a device runs the reference of a kernel against what the kernel's donor says of it; nil
  /// where both say the same, or no device of the donor's architecture has it.
  private func relativeSpeed(
    _ form: any CostForm.Type, _ kernel: String, of donor: Profile, on profile: Profile,
    from profiles: [Profile]
  ) throws(Faults) -> RelativeSpeed? {
    guard let reference = form.reference(of: kernel),
      let own = try entry(
        family: reference.family, kernel: reference.kernel, on: profile, from: profiles),
      let theirs = try entry(
        family: reference.family, kernel: reference.kernel, on: donor, from: profiles),
      own.calibration != theirs.calibration, own.hasForm, theirs.hasForm,
      let origin = profiles.first(where: { $0.name == theirs.origin }),
      try DeviceLikeness(origin).architecture(to: DeviceLikeness(donor)) < Self.sameArchitecture,
      let donors = try self.form(
        theirs.calibration, of: origin, for: reference.kernel, on: profile, from: profiles)
    else { return nil }
    let plain = CalibratedForm(
      form: own.form.form, device: own.form.device, values: own.form.values, surface: nil)
    return RelativeSpeed(reference, own: plain, donors: donors)
  }

  /// Shapes of products that a device must have been timed with to stand in for another: all that do
  /// have 10 or more; one model's layers are 4 or 5.
  private static let fewestShapes = 8

  /// Devices of one architecture are nearer.
  private static let sameArchitecture = 1.0
}
