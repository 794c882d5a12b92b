import Diagnostics
import Testing

@testable import ScenarioFiles

/// Expectations under changes of their variant.
@Suite struct OverridesTests {
  private static let text = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model:
      recording: two products
      layers: 1
      hidden: 64
      products: [{name: first, rows: 64, columns: 32}, {name: second, rows: 32, columns: 64}]
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 16, generate: 8}
    expect:
      - {metric: tpot, value: 1 ms, source: a, at: {workload.prompt: 64, precision: {kv: fp8}}}
      - {metric: tpot, value: 1 ms, source: a, at: {workload.promt: 64}}
      - {id: A-1, speaks: false, metric: accuracy, source: Table 1, note: a quality}

    """

  private func file(settings: [String] = []) throws -> ScenarioFile {
    try ScenarioFile(
      document: Document(text: Self.text, file: "a.yaml"), settings: settings)
  }

  @Test func changesLieOverTheVariant() throws {
    let file = try file()
    let reading = try file.scenario(variant: "default", at: file.expectations[0].overrides)
    #expect(reading.scenario.workload.prompt == 64)
    #expect(reading.scenario.workload.generate == 8)
    #expect(reading.scenario.precision.kv == .fp8)
    #expect(reading.scenario.precision.weights == .bf16)
  }

  @Test func settingsLieOverChanges() throws {
    let file = try file(settings: ["workload.prompt=32"])
    let reading = try file.scenario(variant: "default", at: file.expectations[0].overrides)
    #expect(reading.scenario.workload.prompt == 32)
  }

  @Test func badKeysAreFaultsAtTheirLine() throws {
    let file = try file()
    #expect(
      performing: {
        _ = try file.scenario(variant: "default", at: file.expectations[1].overrides)
      },
      throws: { error in
        guard let faults = error as? Faults, let fault = faults.faults.first else { return false }
        return Diagnostic.line(fault).hasPrefix("a.yaml:13:")
          && Diagnostic.line(fault).contains("workload.promt")
      })
  }

  @Test func whatACostModelCannotSayIsListed() throws {
    let unspoken = try file().unspoken
    #expect(unspoken.map(\.id) == ["A-1"])
    #expect(unspoken.map(\.note) == ["a quality"])
  }

  @Test(arguments: [
    ("model.products.0.rows=128", [128, 32]), ("model.products.second.rows=8", [64, 8]),
  ])
  func entriesOfListsHaveNames(setting: String, expected: [Int]) throws {
    let reading = try file(settings: [setting]).scenario(variant: "default")
    let products = reading.inlineModel?.map()?.value("products")
    let items = try #require(products?.list())
    #expect(items.compactMap { $0.map()?.value("rows")?.integer(in: 1...1000) } == expected)
  }

  /// A list whose entries have no such number or name is replaced, and then is no list.
  @Test(arguments: ["model.products.2.rows=8", "model.products.third.rows=8"])
  func unknownEntriesReplaceTheList(setting: String) throws {
    let reading = try file(settings: [setting]).scenario(variant: "default")
    #expect(reading.inlineModel?.map()?.value("products")?.isList == false)
  }
}
