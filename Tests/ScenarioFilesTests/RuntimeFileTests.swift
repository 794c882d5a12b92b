import Diagnostics
import Hardware
import Quantities
import ScenarioFiles
import TestSupport
import Testing

/// Runtime files: what the host takes to launch, and kernels of parts that are stated.
@Suite struct RuntimeFileTests {
  private static let text = """
    schema: 1
    name: eager
    title: a runtime
    unit: gpu
    graph: false
    sources: {t: a test}
    host-per-step: {value: 0 s, source: t}
    host-per-launch: {value: 16 us, source: t}
    joins-products: false
    prompts: together
    launches: {rotary: {broadcast: 4}, append: {tiny: 2}}
    kernels: {}
    """

  private static func read(_ text: String) throws -> Runtime {
    let file = try TemporaryText(text, name: "eager.yaml")
    return try RuntimeFile.read(contentsOf: file.path)
  }

  @Test func keysOfTheHost() throws {
    let runtime = try Self.read(Self.text)
    #expect(runtime.hostPerLaunch?.value == Seconds(16e-6))
    #expect(!runtime.joinsProducts && runtime.prompts == .together)
    #expect(runtime.launches == [.rotary: ["broadcast": 4], .append: [Runtime.tiny: 2]])
  }

  @Test func defaults() throws {
    let lines = Self.text.split(separator: "\n").filter { line in
      !["host-per-launch", "joins", "prompts", "launches"].contains { line.hasPrefix($0) }
    }
    let runtime = try Self.read(lines.joined(separator: "\n"))
    #expect(runtime.hostPerLaunch == nil && runtime.joinsProducts && runtime.prompts == .apart)
  }

  @Test(arguments: [
    ("16 us", "-1 us"), ("16 us", "16 GB"), ("16 us", "nan s"),
    ("joins-products: false", "joins-products: 2"),
    ("together", "all"), ("tiny: 2", "tiny: -2"), ("tiny: 2", "huge: 2"),
    ("rotary", "turning"),
  ])
  func refused(_ change: (String, String)) throws {
    #expect(throws: Faults.self) {
      try Self.read(Self.text.replacing(change.0, with: change.1))
    }
  }
}
