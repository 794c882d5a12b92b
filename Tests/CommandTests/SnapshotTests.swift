import TestSupport
import Testing

/// Whole reports, as a user gets them.
@Suite struct SnapshotTests {
  @Test func traceDrivenExpertsAsJSON() throws {
    let run = try Lacuna.run([
      "simulate", "scenarios/examples/trace-driven/moe.yaml", "--format", "json", "--quiet",
    ])
    #expect(run.code == 0)
    try expectSnapshot(run.text, "trace-driven-moe.json")
  }

  @Test func differencesAreNumbered() {
    #expect(lineDifferences("a\nb\nc", "a\nx\nc\nd") == ["2 - b", "2 + x", "4 + d"])
    #expect(lineDifferences("same", "same").isEmpty)
  }
}
