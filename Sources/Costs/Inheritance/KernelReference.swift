import Programs

/// A kernel that was measured on more devices than another, and does the same work in its dense case.
public struct KernelReference: Sendable {
  let family: String
  let kernel: String
  /// The reference's call of the same sizes.
  let dense: @Sendable (KernelCall) -> KernelCall
}

/// How a device runs a reference kernel, beside what a donor's coefficients of it say there.
///
/// An inherited kernel takes the donor's shares of peaks. Where they are low on the donor for reasons
/// that hold for its whole architecture (instructions that a kernel cannot use), the reference's are
/// too, and the ratio of its times tells by how much:
/// `t = t(kernel, donor's) × t(reference, own) / t(reference, donor's)`, all of the wanted device.
final class RelativeSpeed: Sendable {
  private let reference: KernelReference
  private let own: CalibratedForm
  private let donors: CalibratedForm

  init(_ reference: KernelReference, own: CalibratedForm, donors: CalibratedForm) {
    self.reference = reference
    self.own = own
    self.donors = donors
  }

  /// The factor on the time of a call.
  func factor(_ call: KernelCall) -> Double {
    let dense = reference.dense(call)
    let (mine, theirs) = (own.seconds(dense), donors.seconds(dense))
    return mine > 0 && theirs > 0 ? mine / theirs : 1
  }
}
