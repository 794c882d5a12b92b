import Diagnostics
import Testing

@testable import ScenarioFiles

/// Claims and tables that are not what they should be.
@Suite struct ClaimFaultTests {
  @Test(arguments: [
    ("{}", "a list of systems"), ("[3]", "a map"), ("[{\"claims\": []}]", "system"),
    ("[{\"system\": \"A\"}]", "claims"), ("[{\"system\": \"A\", \"claims\": 3}]", "claims"),
    ("[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\"}]}]", "metric"),
    (
      "[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\", \"metric\": \"m\", \"ratio\": \"NaN\"}]}]",
      "ratio"
    ),
    (
      "[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\", \"metric\": \"m\", \"ratio\": -1}]}]",
      "ratio"
    ),
    (
      "[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\", \"metric\": \"m\", \"ratio\": 1e300}]}]",
      "ratio"
    ),
    ("[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\", \"metric\": [1]}]}]", "metric"),
    (
      "[{\"system\": \"A\", \"claims\": [{\"id\": \"A-1\", \"metric\": \"m\", \"sparsity\": 3}]}]",
      "sparsity"
    ),
    (
      "[{\"system\": \"A\", \"claims\": [{\"id\": \"B\", \"metric\": \"m\"}, "
        + "{\"id\": \"B\", \"metric\": \"m\"}]}]", "B"
    ),
    ("[{\"system\": \"A\", \"claims\": [", "YAML"), ("", "empty"), ("\u{1}", "YAML"),
  ])
  func refusesClaims(text: String, named: String) {
    #expect(
      performing: {
        _ = try ClaimFile.read(text: text, file: "a.json")
      },
      throws: { error in
        guard let faults = error as? Faults else { return false }
        return faults.faults.contains {
          Diagnostic.line($0).contains(named) && $0.position.file == "a.json"
        }
      })
  }

  /// What a comparison does not need may have any form.
  @Test func keepsWhatReadersWrote() throws {
    let claims = try ClaimFile.read(
      text: """
        [{"system": "A", "year": 2024, "claims": [{"id": "A-1", "metric": "m", "series": [1, {}],
          "batch": null, "context": 4096, "sparsity": {"a": {"b": 1}, "c": [1, 2]}}]}]
        """, file: "a.json")
    #expect(claims.first?.texts[.context] == "4096")
    #expect(claims.first?.texts[.batch] == nil)
    #expect(claims.first?.sparsity.map(\.key) == ["a.b"])
  }

  @Test(arguments: [
    ("hardware: []", "schema"), ("schema: 1\nhardwear: []", "hardwear"),
    ("schema: 1\nhardware: [{use: a}]", "find"), ("schema: 1\nhardware: [{find: a}]", "use"),
    ("schema: 1\nhardware: [{find: \"a||b\", use: c}]", "pattern"),
    ("schema: 1\nmetrics: [{find: a}]", "metric"),
    ("schema: 1\nmetrics: [{find: a, metric: b, factor: 2 s, unit: ratio}]", "factor"),
    ("schema: 1\nunits: [{find: a, unit: furlongs}]", "unit"),
    ("schema: 1\nknobs: {a: {times: 2}}", "set"),
    ("schema: 1\nknobs: {a: {set: b, times: nan}}", "times"),
    ("schema: 1\nsystems: {A: {variants: [{when: {colour: a}}]}}", "colour"),
    ("schema: 1\nsystems: {A: {variants: [{set: {a..b: 1}}]}}", "a..b"),
    ("schema: 1\nbatches: [{find: a, set: 3}]", "set"), ("schema: 2", "schema"),
  ])
  func refusesTables(text: String, named: String) {
    #expect(
      performing: { _ = try ClaimTable(text: text, file: "claims.yaml") },
      throws: { error in
        guard let faults = error as? Faults else { return false }
        return faults.faults.contains { Diagnostic.line($0).contains(named) }
      })
  }
}
