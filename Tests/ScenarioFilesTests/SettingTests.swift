import Diagnostics
import Testing

@testable import ScenarioFiles

/// What `--set` changes, and that it changes every variant.
@Suite struct SettingTests {
  private static let text = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model: Qwen/Qwen3-0.6B
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 16, generate: 8}
    variants:
      short: {workload: {generate: 4}}
      plain: {}
    """

  private func generated(_ settings: [String], variant: String) throws -> Int {
    let document = try Document(text: Self.text, file: "a.yaml")
    let file = try ScenarioFile(document: document, settings: settings)
    return try file.scenario(variant: variant).scenario.workload.generate
  }

  @Test(arguments: [
    ([], "short", 4), ([], "plain", 8),
    (["workload.generate=6"], "short", 6), (["workload.generate=6"], "plain", 6),
    (["variants.short.workload.generate=5"], "short", 5),
    (["variants.short.workload.generate=5"], "plain", 8),
    (["workload.generate=6", "workload.generate=7"], "short", 7),
  ])
  func settingLiesOverVariants(settings: [String], variant: String, expected: Int) throws {
    #expect(try generated(settings, variant: variant) == expected)
  }

  @Test(arguments: ["workload.generate", "=4", "workload..generate=4", "workload.generate="])
  func malformedAssignment(setting: String) {
    #expect(throws: Faults.self) { try generated([setting], variant: "plain") }
  }

  @Test func slipIsRefused() {
    #expect(throws: Faults.self) { try generated(["workload.genrate=4"], variant: "plain") }
  }
}
