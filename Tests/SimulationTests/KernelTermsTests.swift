import Costs
import Diagnostics
import Hardware
import Policies
import Programs
import Quantities
import Testing

/// Terms of a kernel's price beyond bytes and flops, against sums made by hand.
@Suite struct KernelTermsTests {
  static func figure<V: Sendable & Hashable>(_ value: V) -> Figure<V> {
    Figure(value, source: "test", basis: .derived)
  }

  /// 1 TB/s, 10 cores; a fork and join takes 3 us.
  static let profile = Profile(
    name: "hand-made", title: "", deviceClass: .datacentreGPU,
    computeUnits: [
      ComputeUnit(
        name: "gpu", memory: "hbm", cores: figure(10),
        peaks: [Peak(precision: .bf16, density: .dense, rate: figure(FlopsPerSecond(1e14)))],
        coreBandwidth: figure(BytesPerSecond(2e11)), forkJoin: figure(Seconds(3e-6)))
    ],
    tiers: [
      Tier(
        name: "hbm", kind: .memory, capacity: figure(Bytes(1e12)),
        bandwidth: figure(BytesPerSecond(1e12)))
    ],
    links: [],
    kernels: [
      KernelCoefficients(
        family: "gemv", kernel: "k", fixed: figure(Seconds(4e-6)), perRow: figure(Seconds(5e-8)),
        bandwidthShare: figure(0.5)),
      KernelCoefficients(
        family: "broadcast", kernel: "k", fixed: figure(Seconds(1e-6)),
        byRows: figure(Curve(sizes: [1, 4], values: [0, 1e-6])), bandwidthShare: figure(1)),
      KernelCoefficients(
        family: "sort", kernel: "k", fixed: figure(Seconds(2e-6)),
        byWidth: figure(Curve(sizes: [128, 129], values: [0, 6e-6])), bandwidthShare: figure(1)),
      KernelCoefficients(
        family: "top-k", kernel: "k", fixed: figure(Seconds(5e-6)), bandwidthShare: figure(1),
        programRate: figure(BytesPerSecond(1e9)), programsPerCore: figure(2)),
    ], power: nil, price: nil, sources: [:])

  static let runtime = Runtime(
    name: "hand-made", unit: "gpu", graph: true, hostPerStep: figure(Seconds(0)),
    kernels: ["gemv": "k", "broadcast": "k", "sort": "k", "top-k": "k"], sources: [:])

  static func operation(
    _ kind: Operation.Kind, bytes: Double, flops: Double = 0, pieces: Double = 1,
    launches: Double = 1, rows: Double = 1, width: Double = 1, stream: Int = 0,
    after: [Dependency] = []
  ) -> Operation {
    Operation(
      name: kind.rawValue, site: .model, kind: kind, stream: stream, precision: .bf16,
      flops: Affine(base: flops), traffic: [Traffic(through: "hbm", bytes: Affine(base: bytes))],
      pieces: Affine(base: pieces), launches: Affine(base: launches), rows: rows, width: width,
      after: after)
  }

  static let stream = Programs.Stream(name: "gpu", engine: .compute(unit: "gpu"))

  /// In microseconds.
  static func price(_ operation: Operation) throws -> Double {
    let costs = CostModel(profile: profile, runtime: runtime)
    return try costs.resolve(operation, on: stream).price(1).time.value * 1e6
  }

  struct Case: Sendable {
    var operation: Programs.Operation
    var microseconds: Double
    init(_ operation: Programs.Operation, _ microseconds: Double) {
      self.operation = operation
      self.microseconds = microseconds
    }
  }

  static let cases: [Case] = [
    // 4 + 1 MB at 0.5 TB/s + rows at 0.05.
    Case(operation(.matrixVector, bytes: 1e6), 6.05),
    Case(operation(.matrixVector, bytes: 1e6, rows: 16), 6.8),
    // Arithmetic of 10 us hides the rows.
    Case(operation(.matrixVector, bytes: 1e6, flops: 1e9, rows: 16), 14),
    // Half of the way from 1 row to 4 in the logarithm.
    Case(operation(.broadcast, bytes: 0, launches: 3, rows: 2), 4.5),
    Case(operation(.broadcast, bytes: 0, launches: 3, rows: 64), 6),
    Case(operation(.sort, bytes: 0, rows: 8, width: 128), 2),
    Case(operation(.sort, bytes: 0, rows: 8, width: 200), 8),
    // 20 programs at once, each 1,000 bytes at 1 GB/s; 30 programs are one wave and a half.
    Case(operation(.topK, bytes: 8000, pieces: 8), 6),
    Case(operation(.topK, bytes: 30000, pieces: 30), 6.5),
  ]

  @Test(arguments: cases)
  func terms(_ item: Case) throws {
    #expect(abs(try Self.price(item.operation) - item.microseconds) < 1e-9)
  }

  /// 100 rows of 1 MB: 5 waves of 1 ms each by programs of their own, 28 us, 1 us for the rows and 1 ms
  /// of bytes where all cores search each.
  private static let spread = KernelCoefficients(
    family: "top-k", kernel: "k", fixed: figure(Seconds(5e-6)), bandwidthShare: figure(1),
    programRate: figure(BytesPerSecond(1e9)), programsPerCore: figure(2),
    spread: .init(
      fixed: figure(Seconds(28e-6)), row: figure(Seconds(1e-8)), rate: figure(BytesPerSecond(1e11))
    ))

  @Test func longRowsAreSearchedByAllCores() throws {
    var profile = Self.profile
    profile.kernels = [Self.spread]
    let costs = CostModel(profile: profile, runtime: Self.runtime)
    func price(_ bytes: Double, rows: Double) throws -> Double {
      let operation = Self.operation(.topK, bytes: bytes, pieces: rows)
      return try costs.resolve(operation, on: Self.stream).price(1).time.value * 1e6
    }
    #expect(abs(try price(1e8, rows: 100) - 1029) < 1e-6)
    // A short row is searched by one program.
    #expect(abs(try price(1000, rows: 1) - 6) < 1e-6)
  }

  /// A device of half the cores at the same clock: 10 waves of 1 ms, or 28 + 2 + 2,000 us.
  @Test func searchesAreInherited() throws {
    var donor = Self.profile
    donor.name = "donor"
    donor.kernels = [Self.spread]
    var device = Self.profile
    device.kernels = []
    device.computeUnits[0].cores = Self.figure(5)
    let costs = CostModel(
      profile: device, runtime: Self.runtime,
      book: KernelBook([device]) { [donor] () throws(Faults) in [donor] })
    let operation = Self.operation(.topK, bytes: 1e8, pieces: 100)
    let priced = try costs.resolve(operation, on: Self.stream)
    #expect(priced.isMeasured)
    #expect(abs(priced.price(1).time.value * 1e6 - 2030) < 1e-6)
    let other = Self.operation(.broadcast, bytes: 0)
    #expect(try !costs.resolve(other, on: Self.stream).isMeasured)
  }

  @Test func waitingForAnotherStreamOfTheUnitTakesTime() throws {
    func program(_ streams: [Programs.Stream]) -> Program {
      let gather = Self.operation(.gather, bytes: 1e6, stream: 1)
      let product = Self.operation(
        .matrixVector, bytes: 1e6, after: [Dependency(on: gather.name)])
      return Program(
        streams: streams, blocks: [Block(name: "layer", operations: [gather, product])],
        order: [BlockUse(block: 0, layer: 0)], columns: [], steps: 1)
    }
    let costs = CostModel(profile: Self.profile, runtime: Self.runtime)
    let beside = Programs.Stream(name: "gpu-gather", engine: .compute(unit: "gpu"))
    let copies = Programs.Stream(name: "h2d", engine: .copy(link: "pcie", towards: "hbm"))
    let forked = try costs.resolve(program([Self.stream, beside]))
    let copied = try costs.resolve(program([Self.stream, copies]))
    #expect(abs(forked[0][1].price(1).time.value * 1e6 - 9.05) < 1e-9)
    #expect(abs(copied[0][1].price(1).time.value * 1e6 - 6.05) < 1e-9)
    #expect(forked[0][0].group == 0)
  }
}
