import Hardware
import Programs
import Quantities

/// An operation whose names are resolved on one profile, so that pricing a count is arithmetic only.
///
/// The formula of every kind is
/// `time = group + launches × fixed + max(flops / achieved arithmetic, bytes / achieved rate of each
/// path + launches × row time)`;
/// the kinds differ in what fixes the achieved rates. Storage reads use the device's read service.
public struct PricedOperation: Sendable {
  /// One path that bytes take: a tier or a link.
  public struct Path: Sendable {
    public var through: String
    public var bytes: Affine
    /// Reached by this kernel; at most the peak.
    public var achieved: Double
    public var peak: Double
    public var isLink: Bool
    /// Share of `achieved` by size, where the profile has a curve: of one row or transfer on a
    /// link, of all the operation's traffic in a tier.
    public var efficiency: Curve?
    public var energyPerByte: Double
  }

  public var kind: Operation.Kind
  public var paths: [Path]
  public var flops: Affine
  public var achievedArithmetic: Double
  public var peakArithmetic: Double
  public var energyPerFlop: Double
  /// Watts beyond idle while its programs hold all cores of its unit; 0 without a unit.
  public var activePower: Double
  public var fixed: Double
  /// Seconds that its rows of activations add to the bytes of each launch.
  public var rowTime: Double
  /// Seconds once for the whole operation.
  public var group: Double
  public var launches: Affine
  public var pieces: Affine
  /// Bytes a second of one program, of which there is one a piece; infinite where it does not limit.
  public var programRate: Double
  /// Programs that run at once.
  public var programSlots: Double
  /// Where it may work on each row with all cores, what that takes.
  public var spread: SpreadRates?
  /// Storage: seconds between completions by reads in flight, and the seconds of one group.
  public var storage: StorageForm?
  /// What decides the cores that it needs for full speed.
  public var cores: CoreNeed
  /// The calibrated kernel that prices it in place of the rates above.
  public var call: PricedCall?
  /// Whether its kernel was timed, on this device or another; else peaks and curves price it.
  public var isMeasured: Bool

  /// The price at a count; fractions are means over a trace.
  public func price(_ count: Double) -> Price {
    if kind == .storageRead { return storagePrice(count) }
    if let call { return price(of: call, count) }
    var worst = 0.0
    var floor = 0.0
    var bound = Bound.fixed
    let arithmetic = flops(count)
    if arithmetic > 0 {
      worst = arithmetic / achievedArithmetic
      floor = arithmetic / peakArithmetic
      bound = .arithmetic
    }
    for path in paths {
      let bytes = path.bytes(count)
      guard bytes > 0 else { continue }
      // A link's curves go by the size of one row or transfer, a tier's by the whole stream.
      let size = path.isLink ? bytes / max(1, pieces(count)) : bytes
      let rate = path.achieved * (path.efficiency.map { $0(size) } ?? 1)
      let time = bytes / rate + launches(count) * rowTime
      floor = max(floor, bytes / path.peak)
      if time > worst {
        worst = time
        bound = path.isLink ? .link : .memory
      }
      if programRate < .infinity {
        let programs = pieces(count)
        let waves = max(1, programs / programSlots)
        let alone = programs > 0 ? bytes / programs / programRate * waves : 0
        if alone > worst {
          worst = alone
          bound = .programs
        }
      }
    }
    let set = group + launches(count) * fixed
    if let spread {
      let bytes = paths.reduce(0) { max($0, $1.bytes(count)) }
      let time = max(floor, spread.seconds(rows: pieces(count), bytes: bytes))
      if time < set + worst {
        return Price(time: Seconds(time), floor: Seconds(floor), bound: .programs)
      }
    }
    if set > worst { bound = .fixed }
    return Price(time: Seconds(set + worst), floor: Seconds(floor), bound: bound)
  }

  /// What its calibrated kernel takes, and never less than physics allows.
  private func price(of call: PricedCall, _ count: Double) -> Price {
    let arithmetic = flops(count) / peakArithmetic
    var floor = arithmetic
    var bound = Bound.arithmetic
    for path in paths {
      let time = path.bytes(count) / path.peak
      if time > floor {
        floor = time
        bound = path.isLink ? .link : .memory
      }
    }
    let time = group + max(call.seconds(count), floor)
    if floor < Self.explained * time { bound = .fixed }
    return Price(time: Seconds(time), floor: Seconds(floor), bound: bound)
  }

  /// Below this share of a kernel's time, neither arithmetic nor bytes are what bounds it.
  private static let explained = 0.3

  /// Share of its unit's cores that it needs for full speed, at a count and the time it takes then.
  /// - Parameter unitCores: cores of the unit.
  public func coreShare(_ count: Double, seconds: Double, of unitCores: Double) -> Double {
    var bytes = 0.0
    for path in paths { bytes = max(bytes, path.bytes(count)) }
    return cores.share(of: unitCores, count: count, bytes: bytes, seconds: seconds)
  }

  private func storagePrice(_ count: Double) -> Price {
    let reads = pieces(count)
    guard let storage, reads > 0 else {
      return Price(time: .zero, floor: .zero, bound: .storage)
    }
    let bytes = paths.first?.bytes(count) ?? 0
    let time = storage.time(reads: reads, bytes: bytes)
    let floor = paths.map { $0.bytes(count) / $0.peak }.max() ?? 0
    return Price(time: Seconds(time), floor: Seconds(floor), bound: .storage)
  }

  /// Energy beyond idle power at a count: bytes of each path and flops, each at its own cost.
  public func energy(_ count: Double) -> Joules {
    var joules = flops(count) * energyPerFlop
    for path in paths { joules += path.bytes(count) * path.energyPerByte }
    return Joules(joules)
  }
}

/// How long a storage device takes for a group of reads.
///
/// An object, because a tier's figures are many and most operations read no storage.
public final class StorageForm: Sendable {
  public let tier: Tier
  public let queueDepth: Double

  init(tier: Tier, queueDepth: Double) {
    self.tier = tier
    self.queueDepth = queueDepth
  }

  /// - Parameters:
  ///   - reads: chunks in the group.
  ///   - bytes: their sum.
  func time(reads: Double, bytes: Double) -> Double {
    let chunk = Bytes(bytes / reads)
    let depth = max(1, min(queueDepth, reads))
    if let service = tier.service {
      return service.group.value.value
        + reads * service.interval(chunk: chunk, depth: depth).value
    }
    if let reads = tier.reads {
      return (tier.latency?.value.value ?? 0)
        + bytes / reads.throughput(chunk: chunk, depth: depth).value
    }
    return (tier.latency?.value.value ?? 0) + bytes / tier.bandwidth.value.value
  }
}
