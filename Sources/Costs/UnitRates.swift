import Hardware
import Programs
import Quantities

/// The coefficients of one measured kernel as plain numbers; see `KernelCoefficients`.
///
/// An object, because every operation of its family looks it up and none changes it.
final class KernelRates: Sendable {
  let fixed: Double
  let group: Double
  let perRow: Double
  let byRows: Curve?
  let byWidth: Curve?
  let bandwidthShare: Double
  let arithmeticShare: Double
  let programRate: Double
  let programsPerCore: Double
  let spread: SpreadRates?

  init(_ kernel: KernelCoefficients) {
    fixed = kernel.fixed.value.value
    group = kernel.group?.value.value ?? 0
    perRow = kernel.perRow?.value.value ?? 0
    byRows = kernel.byRows?.value
    byWidth = kernel.byWidth?.value
    bandwidthShare = kernel.bandwidthShare.value
    arithmeticShare = kernel.arithmeticShare?.value ?? 1
    programRate = kernel.programRate?.value.value ?? .infinity
    programsPerCore = kernel.programsPerCore?.value ?? 1
    spread = kernel.spread.map(SpreadRates.init)
  }

  /// Those of another device: a core's rate goes by its clock, that of all cores by their number too.
  init(_ donor: KernelRates, clock: Double, cores: Double) {
    fixed = donor.fixed
    group = donor.group
    perRow = donor.perRow
    byRows = donor.byRows
    byWidth = donor.byWidth
    bandwidthShare = donor.bandwidthShare
    arithmeticShare = donor.arithmeticShare
    programRate = donor.programRate * clock
    programsPerCore = donor.programsPerCore
    spread = donor.spread.map { SpreadRates($0, speed: clock * cores) }
  }

  /// The kernels that `name` picks for each family, by `Operation.Kind.place`.
  static func byKind(of profile: Profile, _ name: (String) -> String?) -> [KernelRates?] {
    Operation.Kind.allCases.map { kind in
      guard let kernel = name(kind.rawValue) else { return nil }
      return profile.kernels.first { $0.family == kind.rawValue && $0.kernel == kernel }
        .map(KernelRates.init)
    }
  }

  /// Seconds of one launch beside its bytes and flops.
  func launch(rows: Double, width: Double) -> Double {
    fixed + (byRows?(rows) ?? 0) + (byWidth?(width) ?? 0)
  }
}

/// Rows that are each worked on by all cores; see `KernelCoefficients.Spread`.
public final class SpreadRates: Sendable {
  let fixed: Double
  let row: Double
  let rate: Double

  init(_ spread: KernelCoefficients.Spread) {
    fixed = spread.fixed.value.value
    row = spread.row.value.value
    rate = spread.rate.value.value
  }

  init(_ donor: SpreadRates, speed: Double) {
    fixed = donor.fixed
    row = donor.row / speed
    rate = donor.rate * speed
  }

  func seconds(rows: Double, bytes: Double) -> Double { fixed + rows * row + bytes / rate }
}

/// One compute unit of a profile under a runtime, with all that pricing looks up at its place.
struct UnitRates: Sendable {
  let name: String
  let cores: Double
  /// The most that one core draws from memory, B/s; nil where a kernel needs all cores.
  let coreRate: Double?
  let forkJoin: Double
  let energyPerFlop: Double
  let activePower: Double
  /// Seconds of a launch of a kernel that nobody timed.
  let launch: Double
  /// Flops a second by `Precision.place`; 0 where the unit has none.
  let peaks: [Double]
  let statedPeaks: [Precision]
  /// By `Operation.Kind.place`; nil for a family that was not measured.
  let kernels: [KernelRates?]

  /// The kernels are those of the runtime; on another unit than its own, those named for that unit
  /// (`gemv/cpu`).
  init(_ unit: ComputeUnit, profile: Profile, runtime: Runtime) {
    name = unit.name
    cores = Double(unit.cores.value)
    coreRate = unit.coreBandwidth?.value.value
    forkJoin = unit.forkJoin?.value.value ?? 0
    energyPerFlop = unit.energyPerFlop?.value.value ?? 0
    activePower = unit.activePower?.value.value ?? 0
    // What the host takes to launch one by one stands apart where it is stated; the device then goes
    // from kernel to kernel as in a graph.
    let isAhead = runtime.graph || runtime.hostPerLaunch != nil
    launch = (isAhead ? unit.graphNode ?? unit.launch : unit.launch)?.value.value ?? 0
    peaks = Precision.allCases.map { unit.widened($0)?.value ?? 0 }
    statedPeaks = unit.peaks.map(\.precision)
    kernels = KernelRates.byKind(of: profile) {
      unit.name == runtime.unit ? runtime.kernels[$0] : unit.name
    }
  }

  /// Families that a device takes from another where it has not measured them.
  static let inherited = KernelCoefficients.inheritedFamilies.compactMap {
    Operation.Kind(rawValue: $0)
  }

  /// The kernel on the device whose cores together are nearest in speed.
  static func nearest(
    _ family: String, _ kernel: String, to unit: ComputeUnit, among donors: [Profile]
  ) -> KernelRates? {
    var best: (distance: Double, rates: KernelRates)?
    for donor in donors {
      guard let found = donor.kernels.first(where: { $0.family == family && $0.kernel == kernel }),
        let theirs = donor.computeUnit(unit.name)
      else { continue }
      let clock = speed(unit) / speed(theirs)
      let cores = Double(unit.cores.value) / Double(theirs.cores.value)
      let distance = abs(Elementary.binaryLogarithm(clock * cores))
      if best.map({ distance < $0.distance }) ?? true {
        best = (distance, KernelRates(KernelRates(found), clock: clock, cores: cores))
      }
    }
    return best?.rates
  }

  private static func speed(_ unit: ComputeUnit) -> Double {
    unit.clock?.value.value ?? DecodeTime.referenceClock
  }
}

/// One tier or link of a profile as plain numbers.
struct PathRates: Sendable {
  let name: String
  let isLink: Bool
  /// B/s.
  let peak: Double
  let efficiency: Curve?
  /// Of a link: the curve of gather kernels.
  let gather: Curve?
  let energyPerByte: Double
  /// Seconds of a transfer's set-up; 0 for a tier.
  let latency: Double

  init(_ link: Link) {
    name = link.name
    isLink = true
    peak = link.bandwidth.value.value
    efficiency = link.efficiency?.value
    gather = link.gather?.value
    energyPerByte = link.energyPerByte?.value.value ?? 0
    latency = link.latency?.value.value ?? 0
  }

  init(_ tier: Tier) {
    name = tier.name
    isLink = false
    peak = tier.bandwidth.value.value
    efficiency = tier.efficiency?.value
    gather = nil
    energyPerByte = tier.energyPerByte?.value.value ?? 0
    latency = 0
  }
}
