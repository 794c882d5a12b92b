import Hardware

/// How far a calibration is from what is wanted; smaller is nearer.
struct KernelRank: Comparable {
  /// Kernels of the same form, then the device's own, then those that use their device well, of like
  /// name, and then of the nearest device; of a library that all call, the nearest device first.
  private let parts: [Double]
  private let name: String
  /// One figure for how far device and kernel are together.
  let distance: Double
  /// Of the device alone.
  let deviceDistance: Double
  /// Whether the kernel has the form of the one that is wanted.
  let hasForm: Bool

  /// What is looked for, taken apart once for all that are ranked against it.
  struct Wanted {
    let family: String
    let form: (any CostForm.Type)?
    fileprivate let words: Set<Substring>

    init(family: String, kernel: String) {
      self.family = family
      form = FormCatalog.form(of: family, kernel: kernel)
      words = KernelRank.words(of: kernel)
    }
  }

  /// - Precondition: the calibration is of the family that is wanted.
  init(
    _ calibration: KernelCalibration, for kernel: Wanted, isOwn: Bool, from donor: DeviceLikeness,
    to wanted: DeviceLikeness
  ) {
    let family = kernel.family
    let (mine, theirs) = (kernel.words, Self.words(of: calibration.kernel))
    let shared = Double(mine.intersection(theirs).count) / Double(max(1, mine.union(theirs).count))
    let form = FormCatalog.form(of: family, kernel: calibration.kernel)
    let isOther = kernel.form != form
    let apart = isOwn ? 0 : donor.distance(to: wanted, family: family)
    let isStrange =
      !isOwn && donor.architecture(to: wanted) >= 1
      && !(form?.isTuned(calibration.coefficients.map(\.value)) ?? true)
    // Of kernels compiled for their device, first what runs on its cores, then what could.
    var foreign = 0.0
    if form?.isCompiled ?? false, !isOwn, !donor.hasCores(of: wanted) {
      foreign = KernelWords.isPortable(calibration.kernel) ? 1 : 2
    }
    let isOneLibrary = !isOwn && form?.isOneLibrary ?? false
    parts = [
      isOther ? 1 : 0, isOwn ? 0 : 1, isStrange ? 1 : 0, foreign,
      // On the device itself the format says more than who ran it.
      isOwn && Self.format(mine) != Self.format(theirs) ? 1 : 0,
      isOneLibrary ? 0 : 1 - shared, apart, 1 - shared,
    ]
    name = calibration.device + "/" + calibration.kernel
    deviceDistance = apart
    hasForm = !isOther
    distance = apart + 2 * (1 - shared) + (isOther ? 2 : 0)
  }

  private static func words(of kernel: String) -> Set<Substring> {
    var words = Set(kernel.split(separator: "-"))
    // FlashInfer's experts are TensorRT-LLM's CUTLASS kernels.
    if words.contains("flashinfer") { words.insert("cutlass") }
    return words
  }

  /// The words of a kernel's name that say in which format it works.
  private static func format(_ words: Set<Substring>) -> Set<Substring> {
    words.intersection(["bf16", "fp16", "fp8", "int8", "int4", "mxfp4", "block", "wo", "fp8kv"])
  }

  static func < (a: KernelRank, b: KernelRank) -> Bool {
    for (x, y) in zip(a.parts, b.parts) where x != y { return x < y }
    return a.name < b.name
  }

  static func == (a: KernelRank, b: KernelRank) -> Bool { a.parts == b.parts && a.name == b.name }
}
