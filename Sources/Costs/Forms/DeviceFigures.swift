import Diagnostics
import Hardware
import Quantities

/// The figures of one device that cost forms use, as plain numbers in base units.
///
/// All of them are data-sheet figures: a form must say something of a device that nobody timed.
public struct DeviceFigures: Sendable {
  /// Multiprocessors of a GPU.
  public var cores: Double
  /// Hz.
  public var clock: Double
  /// Device memory, B/s.
  public var bandwidth: Double
  /// Last cache before memory: bytes, and B/s.
  public var cacheBytes: Double
  public var cacheBandwidth: Double
  /// Fast memory that the programs of one core share, bytes.
  public var coreMemory: Double
  /// Seconds from one kernel to the next, in a recorded graph and launched by the host.
  public var graphNode: Double
  public var launch: Double
  /// Seconds from one call to the next where kernels cannot be recorded in a graph; 0 where they can.
  public var issue: Double
  /// Between host memory and the device, from storage, and to another device: B/s, 0 for none.
  public var linkBandwidth: Double
  public var storageBandwidth: Double
  public var peerBandwidth: Double
  /// Host memory, B/s; 0 for none.
  public var hostBandwidth: Double
  /// Most power that the board draws for long, W.
  public var powerLimit: Double
  private let levels: MemoryLevels
  /// Flops a second by `Precision.place`, dense and with 2:4 weights; 0 where the device has none.
  private var dense: [Double]
  private var twoFour: [Double]

  /// - Throws: `Faults` when the profile lacks the unit or its memory.
  public init(_ profile: Profile, unit name: String? = nil) throws(Faults) {
    let found =
      name.map { profile.computeUnit($0) }
      ?? ["gpu", "npu", "cpu"].lazy
      .compactMap { profile.computeUnit($0) }.first
    guard let unit = found ?? nil, let memory = profile.tier(unit.memory) else {
      throw Faults(
        .unknownName(
          key: "compute", kind: "compute unit in \(profile.name)", found: name ?? "gpu",
          known: profile.computeUnits.map(\.name)), at: SourcePosition(file: profile.name))
    }
    cores = Double(unit.cores.value)
    clock = unit.clock?.value.value ?? Self.usualClock
    bandwidth = memory.bandwidth.value.value
    let cache = profile.tiers.last { $0.kind == .cache }
    cacheBytes = cache?.capacity.value.value ?? 0
    cacheBandwidth = cache?.bandwidth.value.value ?? memory.bandwidth.value.value
    coreMemory = unit.coreMemory?.value.value ?? Self.usualCoreMemory
    graphNode = unit.graphNode?.value.value ?? Self.usualGraphNode
    issue = unit.graphNode == nil ? unit.launch?.value.value ?? 0 : 0
    launch = unit.launch?.value.value ?? Self.usualLaunch
    linkBandwidth =
      profile.links.first { $0.near == unit.memory || $0.far == unit.memory }?.bandwidth.value.value
      ?? 0
    storageBandwidth = profile.tiers.first { $0.kind == .storage }?.bandwidth.value.value ?? 0
    peerBandwidth = unit.peerBandwidth?.value.value ?? 0
    hostBandwidth =
      profile.tiers.first { $0.kind == .memory && $0.name != unit.memory }?.bandwidth.value.value
      ?? 0
    powerLimit = profile.power?.limit.value.value ?? .infinity
    levels = MemoryLevels(
      profile, memory: memory, coreBandwidth: unit.coreBandwidth?.value.value)
    dense = Precision.allCases.map { unit.widened($0)?.value ?? 0 }
    twoFour = Precision.allCases.map {
      (unit.peak($0, .twoFour) ?? unit.widened($0))?.value ?? 0
    }
  }

  /// Where a profile states none: the middle of the GPUs whose profiles do.
  private static let usualClock = 1.7e9
  private static let usualCoreMemory = 100.0 * 1024
  private static let usualGraphNode = 1.3e-6
  private static let usualLaunch = 2.6e-6

  /// The rate at which so many cores read a working set in order again and again, B/s.
  public func streamRate(workingSet: Double, threads: Double) -> Double {
    levels.rate(workingSet: workingSet, threads: threads)
  }

  /// Peak arithmetic at a precision.
  @inline(__always)
  public func peak(_ precision: Precision, twoFour sparse: Bool = false) -> Double {
    sparse ? twoFour[precision.place] : dense[precision.place]
  }
}

extension Precision {
  /// The position of this case among all.
  @inline(__always)
  var place: Int {
    switch self {
    case .fp32: 0
    case .tf32: 1
    case .fp16: 2
    case .bf16: 3
    case .fp8: 4
    case .int8: 5
    case .int4: 6
    case .fp4: 7
    case .q4km: 8
    }
  }
}
