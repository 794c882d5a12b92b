import Diagnostics
import Testing

@testable import ScenarioFiles

/// Scenarios that are broken as a whole, with the lines that a user sees.
@Suite struct ScenarioFaultTests {
  @Test(arguments: [
    ScenarioSample.pages, ScenarioSample.experts, ScenarioSample.neurons, ScenarioSample.whole,
  ])
  func samplesAreFine(_ sample: String) {
    #expect(ScenarioSample.lines(sample).isEmpty)
  }

  /// A bundled model.
  @Test(arguments: [
    BrokenSample(
      "facebook/opt-6.7b", "facebook/opt-6.8b",
      "sample.yaml:4:8: error: model: there is no model 'facebook/opt-6.8b'; did you mean "
        + "'facebook/opt-6.7b'?"),
    BrokenSample(
      "prompt: 128", "prompt: 1000000",
      "sample.yaml:2:11: error: memory.hbm is '537.6 GB'; nvidia-h200-server has 150.8 GB; the "
        + "largest part is KV cache (524.3 GB): place it farther away, lower its precision or "
        + "shorten the context"),
    BrokenSample(
      "generate: 4", "generate: 100000000",
      "sample.yaml:6:35: error: workload.generate is '100000000'; expected at most 2000000 steps "
        + "of 32 layers"),
    BrokenSample(
      "generate: 4", "generate: 4, batch: 0",
      "sample.yaml:6:45: error: workload.batch is '0'; expected a whole number between 1 and "
        + "65536"),
  ])
  func wholeModel(_ broken: BrokenSample) { broken.check(in: ScenarioSample.whole) }

  /// Sizes that each are allowed but together fit no machine: faults, not overflows.
  @Test(arguments: [
    ("layers: 12", "layers: 100000"),
    ("generate: 8", "generate: 100000000"),
    ("keep: 64 tokens, page: 64 tokens", "keep: 100000000 tokens, page: 1 token"),
    ("prompt: 4096, generate: 8", "prompt: 100000000, generate: 8, batch: 65536"),
  ])
  func sizesThatOverflow(_ old: String, _ new: String) {
    let sample = """
      schema: 1
      hardware: nvidia-h200-server
      runtime: cuda-graph
      model:
        recording: sample
        layers: 12
        hidden: 1000000
        attention: {heads: 1000000, kv-heads: 1000000, head-dimension: 65536}
      precision: {weights: bf16, kv: bf16}
      workload: {prompt: 4096, generate: 8}
      attention: {select: {by: page, keep: 64 tokens, page: 64 tokens}}
      """
    let lines = ScenarioSample.lines(sample.replacing(old, with: new))
    #expect(lines.count == 1 && lines[0].contains(": error: "), "\(lines)")
  }

  /// Text that is no scenario at all.
  @Test(arguments: [
    ("", "sample.yaml: error: not valid YAML: an empty file; write the keys it needs"),
    ("# nothing\n", "sample.yaml: error: not valid YAML: an empty file; write the keys it needs"),
    ("a scenario", "sample.yaml:1: error: the file is 'a scenario'; expected a map of keys"),
    ("- 1", "sample.yaml:1: error: the file is 'a list'; expected a map of keys"),
    (
      "schema: 1\n---\nschema: 1\n",
      "sample.yaml: error: not valid YAML: more than one document; keep one document a file"
    ),
    (
      "a: " + String(repeating: "[", count: 5000),
      "sample.yaml:1: error: not valid YAML: nesting deeper than 48 levels; flatten it"
    ),
  ])
  func noScenario(_ text: String, _ line: String) {
    #expect(ScenarioSample.lines(text) == [line])
  }

  @Test(arguments: [
    (
      "cache.resident.budget",
      "not valid assignment: cache.resident.budget; write key=value, as cache.resident.budget=1GB"
    ),
    ("=1", "not valid assignment: =1; write key=value, as cache.resident.budget=1GB"),
    ("a..b=1", "not valid assignment: a..b=1; give every part of the key a name"),
    ("a=", "not valid assignment: a=; give every part of the key a name"),
  ])
  func assignment(_ setting: String, _ sentence: String) {
    #expect(
      ScenarioSample.lines(ScenarioSample.whole, settings: [setting])
        == ["--set \(setting): error: \(sentence)"])
  }

  @Test func assignedValuesAreReadAsStrictly() {
    let lines = ScenarioSample.lines(ScenarioSample.whole, settings: ["workload.prompt=-3"])
    #expect(lines.count == 1)
    #expect(
      lines.first?.hasSuffix(
        "workload.prompt is '-3'; expected a whole number between 1 and 100000000") == true)
    let deep = String(repeating: "a.", count: 100_000) + "a=1"
    #expect(ScenarioSample.lines(ScenarioSample.whole, settings: [deep]).count == 1)
  }
}
