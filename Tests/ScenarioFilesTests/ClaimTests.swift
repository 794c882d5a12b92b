import Diagnostics
import Testing

@testable import ScenarioFiles

/// From a claim's words to the runs and rows that it asks for.
@Suite struct ClaimTests {
  private static let table = """
    schema: 1
    hardware:
      - {find: "h200", use: nvidia-h200-sxm}
      - {find: "=any", use: any}
    models:
      - {find: "llama-3-8b", use: meta-llama/Meta-Llama-3-8B}
      - {find: "2 heads", use: {recording: two, layers: 1, hidden: 128}}
    units:
      - {find: "=ms", unit: seconds, factor: 0.001}
      - {find: "=tokens/s", unit: per-second}
      - {find: "=x", unit: ratio}
      - {find: "fraction of*", unit: relative}
    metrics:
      - {find: accuracy, speaks: false, note: a quality}
      - {find: "prefill latency", metric: ttft}
      - {find: "decode time for <generate> tokens", metric: tpot, per: generate}
      - {find: "throughput", metric: throughput}
      - {find: "kv", metric: kv.bytes}
    contexts:
      - {find: "=max <generate> new tokens", only: true}
      - {find: "<prompt>"}
    batches:
      - {find: "max that fits", set: {workload.batch: fits}}
      - {find: "<batch>"}
    knobs:
      prompt: {set: workload.prompt, whole: true}
      generate: {set: workload.generate, whole: true}
      batch: {set: workload.batch, whole: true}
    systems:
      Own:
        scenario: own-file
        baseline: full
        variants:
          - {when: {baseline: quest}, baseline: quest, set-method: {attention.page: 16}}
        knobs:
          sparsity: {set: prompt.attention.select.density, times: -1, plus: 1}
          budget: {set: [a.b, c], unit: tokens, whole: true, side: both}
          pattern: {set: weights.pattern, text: true}
    """

  private func match(_ claim: String, system: String = "Other") throws -> ClaimMatch {
    let claims = try ClaimFile.read(
      text: "[{\"system\": \"\(system)\", \"claims\": [\(claim)]}]", file: "a.json")
    let first = try #require(claims.first)
    return try ClaimTable(text: Self.table, file: "claims.yaml").match(first)
  }

  private func matched(_ claim: String, system: String = "Other") throws -> MatchedClaim {
    guard case .matched(let match) = try self.match(claim, system: system) else {
      throw Unmatched()
    }
    return match
  }

  private struct Unmatched: Error {}

  private func claim(
    metric: String = "prefill latency", units: String = "ms", model: String = "Llama-3-8B",
    hardware: String = "1x H200", rest: String = "\"ratio\": 2"
  ) -> String {
    """
    {"id": "C-1", "metric": "\(metric)", "units": "\(units)", "model": "\(model)",
     "hardware": "\(hardware)", "confidence": "table", \(rest)}
    """
  }

  @Test func valuesBecomeRowsAndKeys() throws {
    let match = try matched(
      claim(
        rest: """
          "batch": 4, "context": "128K", "baseline_value": 90, "method_value": 30, "ratio": 3
          """))
    #expect(match.metric == "ttft")
    #expect(match.rows.map(\.part) == [.baseline, .method, .ratio])
    #expect(match.rows.map(\.published) == [90, 30, 3])
    #expect(match.rows.map(\.factor) == [0.001, 0.001, 1])
    #expect(match.rows.last?.direction == .baselineOverMethod)
    #expect(match.baseline.variant == "dense")
    #expect(match.method.variant == "sparse")
    #expect(match.baseline.scenario == nil)
    let changes = "hardware=nvidia-h200-sxm, model=meta-llama/Meta-Llama-3-8B, "
    #expect(
      match.method.overrides.text == changes + "workload.batch=4, workload.prompt=131072")
    #expect(match.baseline.overrides.text == match.method.overrides.text)
  }

  @Test func sidesHaveTheirOwnBatches() throws {
    let match = try matched(
      claim(hardware: "any", rest: "\"batch\": {\"baseline\": 8, \"method\": 12}, \"ratio\": 2"))
    #expect(match.baseline.overrides.text.hasSuffix("workload.batch=8"))
    #expect(match.method.overrides.text.hasSuffix("workload.batch=12"))
    #expect(!match.method.overrides.text.contains("hardware"))
  }

  @Test func sparsityTurnsKnobsOfTheMethod() throws {
    let match = try matched(
      claim(
        rest: """
          "sparsity": {"sparsity": 0.75, "budget": "4K", "pattern": "2:4", "other": 1},
          "baseline": "Quest", "ratio": 1.5
          """), system: "Own")
    #expect(match.method.scenario == "own-file")
    #expect(match.baseline.variant == "quest")
    let changes = match.method.overrides.text.split(separator: ", ").map(String.init)
    #expect(changes.contains("attention.page=16"))
    #expect(changes.contains("a.b=4096 tokens"))
    #expect(changes.contains("c=4096 tokens"))
    #expect(changes.contains("weights.pattern=2:4"))
    #expect(changes.contains { $0.hasPrefix("prompt.attention.select.density=0.25") })
    let base = match.baseline.overrides.text
    #expect(base.contains("a.b=4096 tokens"))
    #expect(!base.contains("density") && !base.contains("attention.page"))
  }

  @Test func aTimeForManyTokensIsDivided() throws {
    let match = try matched(
      claim(metric: "decode time for 512 tokens", rest: "\"method_value\": 1024"))
    #expect(match.metric == "tpot")
    #expect(match.rows.map(\.factor) == [0.001 / 512])
    #expect(match.method.overrides.text.contains("workload.generate=512"))
  }

  @Test(arguments: [
    // As the values say, whatever the ratio is called.
    ("\"baseline_value\": 10, \"method_value\": 30, \"ratio\": 3", false),
    ("\"baseline_value\": 30, \"method_value\": 10, \"ratio\": 3", true),
    // A slowdown: the method takes longer, and the ratio is below one.
    ("\"baseline_value\": 0.68, \"method_value\": 0.70, \"ratio\": 0.97", true),
    ("\"ratio\": 3, \"ratio_def\": \"method/baseline (higher is better)\"", false),
    ("\"ratio\": 3, \"ratio_def\": \"baseline time/method time\"", true),
  ])
  func ratiosHaveADirection(rest: String, baselineFirst: Bool) throws {
    let match = try matched(claim(rest: rest))
    let row = try #require(match.rows.last)
    #expect(row.direction == (baselineFirst ? .baselineOverMethod : .methodOverBaseline))
  }

  @Test func ratiosWithoutADirectionAreLeftToTheMetric() throws {
    let match = try matched(claim(metric: "throughput", units: "x"))
    let row = try #require(match.rows.first)
    #expect(row.part == .ratio && row.direction == nil)
  }

  @Test func relativeValuesNeedTheBaseline() throws {
    let match = try matched(
      claim(
        metric: "KV left", units: "fraction of full",
        rest: "\"baseline_value\": 1.0, \"method_value\": 0.25"))
    #expect(match.rows.map(\.part) == [.method])
    #expect(match.rows.first?.baseline == 1)
  }

  @Test func onlyEndsASection() throws {
    let match = try matched(claim(rest: "\"context\": \"max 256 new tokens\", \"ratio\": 2"))
    #expect(match.method.overrides.text.contains("workload.generate=256"))
    #expect(!match.method.overrides.text.contains("workload.prompt"))
  }

  @Test func inlineModelsAndFits() throws {
    let match = try matched(
      claim(model: "kernel: 2 heads", rest: "\"batch\": \"max that fits\", \"ratio\": 2"))
    #expect(match.method.overrides.text.contains("model={recording: two, layers: 1, hidden: 128}"))
    #expect(match.method.overrides.text.contains("workload.batch=fits"))
  }

  @Test func accuracyIsUnspoken() throws {
    guard case .unspoken(let note) = try match(claim(metric: "accuracy at 2:4")) else {
      Issue.record("a cost model has no accuracy")
      return
    }
    #expect(note == "a quality")
  }

  @Test(arguments: [
    ("metric", ["colour", "ms", "Llama-3-8B", "H200"]),
    ("hardware", ["throughput", "ms", "Llama-3-8B", "abacus"]),
    ("model", ["throughput", "ms", "GPT-9", "H200"]),
    ("unit", ["throughput", "furlongs", "Llama-3-8B", "H200"]),
  ])
  func whatIsMissingIsNamed(section: String, words: [String]) throws {
    let text = claim(metric: words[0], units: words[1], model: words[2], hardware: words[3])
    guard case .unmatched(let reason) = try match(text) else {
      Issue.record("matched")
      return
    }
    #expect(reason.contains("no \(section) pattern"), "\(reason)")
  }

  @Test func claimsWithoutNumbersAreUnmatched() throws {
    guard case .unmatched(let reason) = try match(claim(rest: "\"ratio\": null")) else {
      Issue.record("matched")
      return
    }
    #expect(reason.contains("no number"))
  }
}
