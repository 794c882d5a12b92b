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
  public var peaks: [Peak]
  /// From one kernel to the next on one stream, launched by the host.
  public var launch: Figure<Seconds>?
  /// From one kernel to the next inside a recorded graph.
  public var graphNode: Figure<Seconds>?
  /// The most one core can draw from memory; a kernel that saturates memory needs only
  /// bandwidth ÷ this many cores. Nil: such a kernel needs all cores.
  public var coreBandwidth: Figure<BytesPerSecond>?
  /// Energy of one arithmetic operation beyond idle power, at 16-bit precision.
  public var energyPerFlop: Figure<JoulesPerFlop>?

  public init(
    name: String, memory: String, cores: Figure<Int>, clock: Figure<PerSecond>? = nil,
    peaks: [Peak], launch: Figure<Seconds>? = nil, graphNode: Figure<Seconds>? = nil,
    coreBandwidth: Figure<BytesPerSecond>? = nil, energyPerFlop: Figure<JoulesPerFlop>? = nil
  ) {
    self.name = name
    self.memory = memory
    self.cores = cores
    self.clock = clock
    self.peaks = peaks
    self.launch = launch
    self.graphNode = graphNode
    self.coreBandwidth = coreBandwidth
    self.energyPerFlop = energyPerFlop
  }

  /// The peak arithmetic rate at a precision, or nil when the device does not state it.
  public func peak(_ precision: Precision, _ density: PeakDensity = .dense) -> FlopsPerSecond? {
    peaks.first { $0.precision == precision && $0.density == density }?.rate.value
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
