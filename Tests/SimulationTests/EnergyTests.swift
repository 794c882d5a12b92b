import Diagnostics
import Hardware
import Models
import Policies
import Quantities
import Scenarios
import Simulation
import Testing
import Workloads

/// The energy of a step against a sum worked out by hand.
@Suite struct EnergyTests {
  /// One product of 10,000 by 1,000 in fp16 on a machine of 2 TB/s and 100 Tflop/s: 20 MB and 20
  /// Mflop in 2 us of launch and 10 us of reading, after 20 us of the host.
  private static func report(limit: Double) throws -> Report {
    func figure<V: Sendable & Hashable>(_ value: V) -> Figure<V> {
      Figure(value, source: "test", basis: .derived)
    }
    var profile = RandomProgram.costs.profile
    profile.computeUnits[0].energyPerFlop = figure(JoulesPerFlop(1e-12))
    profile.computeUnits[0].activePower = figure(Watts(200))
    profile.tiers[0].energyPerByte = figure(JoulesPerByte(1e-11))
    profile.power = Power(idle: figure(Watts(50)), limit: figure(Watts(limit)))
    var layer = Layer(attention: .none, feedForward: .none, normCount: 0)
    layer.products = [Matrix("w", .feedForward, rows: 10_000, columns: 1000)]
    let model = Model(
      name: "product", hidden: 1000, vocabulary: 0, tiedEmbeddings: false, layers: [layer])
    let scenario = Scenario(
      name: "energy", variant: "default", hardware: profile.name, runtime: "test", model: .inline,
      precision: PrecisionChoice(weights: .fp16, kv: .fp16, activations: .fp16),
      workload: RequestShape(prompt: 1, generate: 4, batch: 1), method: MethodChoice(), seed: 1)
    let resolved = ResolvedScenario(
      scenario: scenario, profile: profile, runtime: RandomProgram.costs.runtime, model: model,
      pages: nil, experts: nil, neurons: nil, places: KeyPlaces(file: "energy"))
    return try Simulator(resolved).run(.both).report
  }

  @Test func aStepIsIdlePowerCoresBytesAndFlops() throws {
    let report = try Self.report(limit: 500)
    let energy = try #require(report.energy)
    #expect(abs(energy.idle.value - 50 * 32e-6) < 1e-9)
    #expect(abs(energy.cores.value - 200 * 12e-6) < 1e-9)
    #expect(abs(energy.arithmetic.value - 2e7 * 1e-12) < 1e-9)
    #expect(energy.paths.map(\.through) == ["hbm"])
    #expect(abs(energy.paths[0].energy.value - 2e7 * 1e-11) < 1e-9)
    #expect(abs(energy.total.value - (1.6e-3 + 2.4e-3 + 0.02e-3 + 0.2e-3)) < 1e-8)
    #expect(!energy.capped)
  }

  @Test func theBoardsLimitCapsIt() throws {
    let energy = try #require(try Self.report(limit: 100).energy)
    #expect(energy.capped)
    #expect(abs(energy.total.value - 100 * 32e-6) < 1e-9)
  }
}
