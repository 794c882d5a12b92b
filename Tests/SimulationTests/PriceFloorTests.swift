import Costs
import Diagnostics
import Hardware
import Programs
import Quantities
import Simulation
import TestSupport
import Testing

/// No operation is priced below what its flops and bytes need at peak.
@Suite struct PriceFloorTests {
  @Test func randomOperationsStayAboveTheFloor() throws {
    var random = SplitMix(state: 99)
    var kinds: Set<Operation.Kind> = []
    for _ in 0..<200 {
      let machine = RandomMachine(&random)
      let costs = CostModel(profile: machine.profile, runtime: machine.runtime)
      let program = RandomProgram.draw(&random)
      let priced = try PricedProgram(program, costs: costs)
      for (block, resolved) in zip(program.blocks, priced.resolved) {
        for (operation, form) in zip(block.operations, resolved) {
          kinds.insert(operation.kind)
          for count in [0.0, 1, 3, 1000] {
            try expectAboveFloor(operation, form, count, machine.profile)
          }
        }
      }
    }
    #expect(kinds == Set(Operation.Kind.allCases))
  }

  /// The floor is worked out here from the profile alone.
  private func expectAboveFloor(
    _ operation: Operation, _ form: PricedOperation, _ count: Double, _ profile: Profile
  ) throws {
    var floor = 0.0
    for traffic in operation.traffic {
      let peak =
        profile.tier(traffic.through)?.bandwidth.value
        ?? profile.links.first { $0.name == traffic.through }?.bandwidth.value
      floor = max(floor, traffic.bytes(count) / (try #require(peak)).value)
    }
    let unit = operation.stream == 4 ? "cpu" : "gpu"
    let peak = try #require(profile.computeUnit(unit)?.peak(operation.precision))
    floor = max(floor, operation.flops(count) / peak.value)
    let price = form.price(count)
    #expect(price.time.value >= floor * (1 - 1e-9), "\(operation.kind) at \(count)")
    #expect(abs(price.floor.value - floor) <= 1e-9 * floor, "\(operation.kind) at \(count)")
  }

  /// A profile file with such shares cannot be read, so the values are made here.
  @Test(arguments: [("gemv", 1.01, nil), ("gemv", 1, 1.2), ("copy", 1.5, nil), ("gather", 2, nil)])
  func sharesBeyondThePeakAreRefused(_ family: String, _ bandwidth: Double, _ flops: Double?) throws
  {
    var profile = RandomProgram.costs.profile
    var runtime = RandomProgram.costs.runtime
    profile.kernels = [
      KernelCoefficients(
        family: family, kernel: "doctored", fixed: RandomProgram.figure(Seconds(0)),
        bandwidthShare: RandomProgram.figure(bandwidth),
        arithmeticShare: flops.map { RandomProgram.figure($0) })
    ]
    runtime.kernels = [family: "doctored"]
    let kind = try #require(Operation.Kind(rawValue: family))
    let through = family == "gemv" ? "hbm" : "pcie"
    let operation = Operation(
      name: "doctored-operation", site: .model, kind: kind, stream: family == "copy" ? 2 : 0,
      flops: Affine(base: flops == nil ? 0 : 1e15),
      traffic: [Traffic(through: through, bytes: Affine(base: 1e9))])
    let program = Program(
      streams: RandomProgram.streams, blocks: [Block(name: "block", operations: [operation])],
      order: [BlockUse(block: 0, layer: 0)], columns: [], steps: 1)
    let faults = try #require(throws: Faults.self) {
      try PricedProgram(program, costs: CostModel(profile: profile, runtime: runtime))
    }
    let line = try #require(faults.faults.first.map(Diagnostic.line))
    #expect(line.contains("test-machine"))
    #expect(line.contains("doctored-operation"))
    #expect(line.contains("physics allows no less than"))
    // The same with honest shares is priced.
    profile.kernels[0].bandwidthShare.value = 1
    if flops != nil { profile.kernels[0].arithmeticShare?.value = 1 }
    _ = try PricedProgram(program, costs: CostModel(profile: profile, runtime: runtime))
  }
}
