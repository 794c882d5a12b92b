import Programs
import ScenarioFiles
import Simulation
import TestSupport
import Testing

/// What a runtime that computes in a wider format than the stored one reads, moves and holds.
@Suite struct WideningTests {
  static func prepare(_ variant: String) throws -> Preparation {
    let file = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/examples/flash-windowing.yaml"),
      settings: ["workload.generate=1"])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    return try Preparation(resolver.resolve(file.scenario(variant: variant)))
  }

  /// Bytes a neuron that an operation moves through the first tier or link it names.
  static func bytes(_ name: String, _ preparation: Preparation) throws -> Double {
    let operations = preparation.program.blocks.flatMap(\.operations)
    return try #require(operations.first { $0.name == name }?.traffic.first).bytes.each
  }

  /// A neuron of OPT-6.7B is 2 x 4096 numbers: 16 KiB in fp16. Two bytes are moved for each that
  /// comes in. In fp32 a newcomer is read at 16 KiB and written at 32, 24 in the mean, and the slot
  /// that it vacates is 32 both ways: 56 KiB.
  @Test(arguments: [("bundled", 16.0, 16.0, 32.0), ("bundled-cpu", 16.0, 32.0, 56.0)])
  func bytesOfANeuron(_ variant: String, read: Double, computed: Double, moved: Double) throws {
    let preparation = try Self.prepare(variant)
    #expect(try Self.bytes("neurons.read", preparation) == read * 1024)
    #expect(try Self.bytes("neurons.compute", preparation) == computed * 1024)
    #expect(try Self.bytes("neurons.move", preparation) == moved * 1024)
  }

  @Test func widenedWeightsAreHeldWide() throws {
    let (narrow, wide) = (try Self.prepare("bundled"), try Self.prepare("bundled-cpu"))
    for what in ["attention weights", "embeddings and head", "predictors", "neuron window"] {
      let sizes = [narrow, wide].map { preparation in
        preparation.memory.items.first { $0.what == what && $0.tier == "dram" }?.bytes.value
      }
      let least = try #require(sizes[0])
      #expect(sizes[1] == 2 * least, "\(what)")
    }
    let stored = [narrow, wide].map { $0.memory.peak("flash") }
    #expect(stored[0] == stored[1])
  }
}
