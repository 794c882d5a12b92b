import Quantities

/// A processor of a device: a GPU, a CPU, an NPU.
public struct ComputeUnit: Sendable, Hashable {
  /// `gpu`, `cpu` or `npu`.
  public var name: String
  /// The memory tier it computes from: `hbm`, `ddr`, `dram`.
  public var memory: String
  /// Multiprocessors of a GPU, cores of a CPU.
  public var cores: Figure<Int>
  public var clock: Figure<PerSecond>?
  /// Fast memory that the programs of one core share, such as the shared memory of a GPU.
  public var coreMemory: Figure<Bytes>?
  public var peaks: [Peak]
  /// From one kernel to the next on one stream, launched by the host.
  public var launch: Figure<Seconds>?
  /// From one kernel to the next inside a recorded graph.
  public var graphNode: Figure<Seconds>?
  /// The most one core can draw from memory; a kernel that saturates memory needs only
  /// bandwidth ÷ this many cores. Nil: such a kernel needs all cores.
  public var coreBandwidth: Figure<BytesPerSecond>?
  /// What running a second stream beside the first and waiting for it adds to the first.
  public var forkJoin: Figure<Seconds>?
  /// To another device of the same kind in one host (NVLink, PCIe), each way.
  public var peerBandwidth: Figure<BytesPerSecond>?
  /// Energy of one arithmetic operation beyond idle power, at 16-bit precision.
  public var energyPerFlop: Figure<JoulesPerFlop>?
  /// Power of the board beyond idle while programs hold all cores, whatever they do.
  public var activePower: Figure<Watts>?

  public init(
    name: String, memory: String, cores: Figure<Int>, clock: Figure<PerSecond>? = nil,
    coreMemory: Figure<Bytes>? = nil, peaks: [Peak], launch: Figure<Seconds>? = nil,
    graphNode: Figure<Seconds>? = nil, coreBandwidth: Figure<BytesPerSecond>? = nil,
    forkJoin: Figure<Seconds>? = nil,
    peerBandwidth: Figure<BytesPerSecond>? = nil, energyPerFlop: Figure<JoulesPerFlop>? = nil,
    activePower: Figure<Watts>? = nil
  ) {
    self.name = name
    self.memory = memory
    self.cores = cores
    self.clock = clock
    self.coreMemory = coreMemory
    self.peaks = peaks
    self.launch = launch
    self.graphNode = graphNode
    self.coreBandwidth = coreBandwidth
    self.forkJoin = forkJoin
    self.peerBandwidth = peerBandwidth
    self.energyPerFlop = energyPerFlop
    self.activePower = activePower
  }

  /// The peak arithmetic rate at a precision, or nil when the device does not state it.
  public func peak(_ precision: Precision, _ density: PeakDensity = .dense) -> FlopsPerSecond? {
    peaks.first { $0.precision == precision && $0.density == density }?.rate.value
  }

  /// The dense rate at which numbers of a format are multiplied.
  ///
  /// Numbers in a format that the unit cannot multiply are widened first, so the arithmetic runs at
  /// the next wider format that the unit has.
  public func widened(_ precision: Precision) -> FlopsPerSecond? {
    func first(_ a: Precision, _ b: Precision, _ c: Precision, _ d: Precision) -> FlopsPerSecond? {
      peak(a) ?? peak(b) ?? peak(c) ?? peak(d)
    }
    return switch precision {
    case .fp16: first(.fp16, .bf16, .fp32, .fp32)
    case .bf16: first(.bf16, .fp16, .fp32, .fp32)
    case .fp8: first(.fp8, .bf16, .fp16, .fp32)
    case .int8: first(.int8, .fp16, .bf16, .fp32)
    case .int4, .fp4, .q4km: first(.fp16, .bf16, .int8, .fp32)
    case .fp32: first(.fp32, .tf32, .fp16, .fp16)
    case .tf32: first(.tf32, .fp32, .fp32, .fp32)
    }
  }
}

/// A peak arithmetic rate of a compute unit.
public struct Peak: Sendable, Hashable {
  public var precision: Precision
  public var density: PeakDensity
  public var rate: Figure<FlopsPerSecond>
  public init(precision: Precision, density: PeakDensity, rate: Figure<FlopsPerSecond>) {
    self.precision = precision
    self.density = density
    self.rate = rate
  }
}
