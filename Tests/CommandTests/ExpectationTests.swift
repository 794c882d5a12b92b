import TestSupport
import Testing

/// The published rows of LLM in a flash that count stay met, over fewer tokens than published so
/// that the debug build draws its traces soon.
@Suite struct ExpectationTests {
  @Test(arguments: [
    ("flash-windowing", 10), ("flash-windowing-4090", 6), ("flash-windowing-models", 23),
  ])
  func countedRowsAreMet(_ example: String, _ counted: Int) throws {
    let output = try Lacuna.run([
      "simulate", "scenarios/examples/\(example).yaml", "--quiet", "--set", "workload.generate=32",
    ])
    #expect(output.code == 0, "\(output.errors)\(output.text)")
    #expect(output.text.contains("\(counted) of \(counted) counted expectations met."))
  }
}
