import Costs
import EventKernel
import Hardware
import Programs
import Quantities
import Simulation
import TestSupport
import Testing

/// Random programs with constant sizes: where nothing is contended, the two engines must agree.
@Suite struct EngineAgreementTests {
  @Test func enginesAgreeOnRandomPrograms() throws {
    var random = SplitMix(state: 20_261_121)
    var kinds: Set<Operation.Kind> = []
    var overlapping = 0
    var contended = 0
    var agreed = 0
    while agreed < 1000 {
      let program = RandomProgram.draw(&random)
      for block in program.blocks { kinds.formUnion(block.operations.map(\.kind)) }
      let priced = try PricedProgram(program, costs: RandomProgram.costs)
      let played = Playback(priced.schedule()).run()
      let analytic = AnalyticEngine(priced).run()
      let makespan = Double(played.makespan) * 1e-12
      if played.slowed.contains(where: { $0 > 0 }) {
        contended += 1
      } else {
        agreed += 1
        if Double(played.overlapped) > 0.1 * Double(played.makespan) { overlapping += 1 }
        #expect(
          abs(analytic.total.value / makespan - 1) < 1e-3, "\(analytic.total) \(makespan)")
      }
      #expect(analytic.total.value <= makespan * (1 + 1e-3))
      #expect(analytic.upper.value >= makespan * (1 - 1e-3))
    }
    #expect(kinds == Set(Operation.Kind.allCases))
    #expect(overlapping * 3 >= agreed, "\(overlapping) of \(agreed) programs overlap")
    #expect(contended > 100, "sharing is exercised too: \(contended)")
  }
}

enum RandomProgram {
  static func figure<V: Sendable & Hashable>(_ value: V) -> Figure<V> {
    Figure(value, source: "test", basis: .derived)
  }

  static let costs = CostModel(
    profile: Profile(
      name: "test-machine", title: "", deviceClass: .datacentreGPU,
      computeUnits: [
        ComputeUnit(
          name: "gpu", memory: "hbm", cores: figure(100),
          peaks: [Peak(precision: .fp16, density: .dense, rate: figure(FlopsPerSecond(1e14)))],
          launch: figure(Seconds(2e-6)), coreBandwidth: figure(BytesPerSecond(4e10))),
        ComputeUnit(
          name: "cpu", memory: "ddr", cores: figure(16),
          peaks: [Peak(precision: .fp16, density: .dense, rate: figure(FlopsPerSecond(1e12)))]),
      ],
      tiers: [
        Tier(
          name: "hbm", kind: .memory, capacity: figure(Bytes(8e10)),
          bandwidth: figure(BytesPerSecond(2e12)), latency: figure(Seconds(5e-7))),
        Tier(
          name: "ddr", kind: .memory, capacity: figure(Bytes(2e11)),
          bandwidth: figure(BytesPerSecond(1e11))),
        Tier(
          name: "flash", kind: .storage, capacity: figure(Bytes(1e12)),
          bandwidth: figure(BytesPerSecond(6e9)),
          reads: ReadTable([
            .init(chunk: Bytes(4096), depth: 1, throughput: figure(BytesPerSecond(1e8))),
            .init(chunk: Bytes(1e6), depth: 1, throughput: figure(BytesPerSecond(3e9))),
            .init(chunk: Bytes(4096), depth: 32, throughput: figure(BytesPerSecond(1e9))),
            .init(chunk: Bytes(1e6), depth: 32, throughput: figure(BytesPerSecond(6e9))),
          ])),
      ],
      links: [
        Link(
          name: "pcie", far: "ddr", near: "hbm", bandwidth: figure(BytesPerSecond(2.5e10)),
          duplex: .full, latency: figure(Seconds(5e-6)))
      ],
      kernels: [], power: nil, price: nil, sources: [:]),
    runtime: Runtime(
      name: "test", unit: "gpu", graph: false, hostPerStep: figure(Seconds(2e-5)), kernels: [:],
      sources: [:]))

  static let streams = [
    Programs.Stream(name: "gpu", engine: .compute(unit: "gpu")),
    Programs.Stream(name: "gpu-2", engine: .compute(unit: "gpu")),
    Programs.Stream(name: "h2d", engine: .copy(link: "pcie", towards: "hbm")),
    Programs.Stream(name: "flash", engine: .storage(tier: "flash")),
    Programs.Stream(name: "cpu", engine: .compute(unit: "cpu")),
  ]

  static func draw(_ random: inout SplitMix) -> Program {
    let layers = 1 + random.below(6)
    var blocks: [Block] = []
    for b in 0..<(1 + random.below(2)) {
      var operations: [Operation] = []
      for o in 0..<(2 + random.below(5)) { operations.append(draw(&random, operations, b, o)) }
      blocks.append(Block(name: "block-\(b)", operations: operations))
    }
    let order = (0..<layers).map { BlockUse(block: random.below(blocks.count), layer: $0) }
    return Program(
      streams: streams, blocks: blocks, order: order,
      columns: [CountColumn(name: "n", layers: layers, steps: 40, constant: 3)], steps: 40)
  }

  private static func draw(
    _ random: inout SplitMix, _ earlier: [Operation], _ b: Int, _ o: Int
  ) -> Operation {
    let kind = Operation.Kind.allCases[random.below(Operation.Kind.allCases.count)]
    let bytes = random.uniform(1e4, 3e7)
    let each = Affine(base: bytes, each: random.below(2) == 0 ? 0 : bytes / 4)
    var after: [Dependency] = []
    if !earlier.isEmpty && random.below(3) > 0 {
      after.append(Dependency(on: earlier[random.below(earlier.count)].name))
    }
    if random.below(4) == 0 {
      after.append(Dependency(on: "last", blocksBack: 1 + random.below(3)))
    }
    var operation = Operation(
      name: "operation-\(b)-\(o)", site: .model, kind: kind, stream: 0, traffic: [], after: after)
    operation.column = random.below(2) == 0 ? 0 : nil
    switch kind {
    case .gather:
      operation.stream = 1
      operation.pieces = Affine(base: Double(1 + random.below(60)))
      operation.traffic = [Traffic(through: "pcie", bytes: each)]
    case .copy:
      operation.stream = 2
      operation.traffic = [
        Traffic(through: "pcie", bytes: each), Traffic(through: "ddr", bytes: each),
      ]
    case .storageRead:
      operation.stream = 3
      operation.pieces = Affine(base: Double(1 + random.below(100)))
      operation.queueDepth = 1 + random.below(64)
      operation.traffic = [Traffic(through: "flash", bytes: each)]
    case .move:
      operation.stream = 4
      operation.traffic = [Traffic(through: "ddr", bytes: each)]
    case .hostIssue: operation.stream = random.below(2) == 0 ? 0 : 4
    default:
      let onHost = random.below(4) == 0
      operation.stream = onHost ? 4 : 0
      operation.flops = Affine(base: 2 * bytes)
      operation.traffic = [Traffic(through: onHost ? "ddr" : "hbm", bytes: each)]
    }
    return operation
  }
}
