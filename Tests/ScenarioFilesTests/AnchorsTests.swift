import Testing

@testable import ScenarioFiles

@Suite struct AnchorsTests {
  @Test(arguments: [
    ("a: &x 1", 1, 4), ("a: 1\nb: *x", 2, 4), ("- &x", 1, 3), ("[1, *x]", 1, 5), ("&x a: 1", 1, 1),
    ("? *x", 1, 3), ("a: \"b\\\n\"\nb: *x", 3, 4), ("a: \"b\\\\\"\nb: *x", 2, 4),
    ("a: \"b\"\n*x : 1", 2, 1), ("a:\n  - {b: &c {d: 1}}", 2, 9),
  ])
  func found(text: String, line: Int, column: Int) throws {
    let place = try #require(Anchors.first(in: text))
    #expect(place.line == line && place.column == column)
  }

  @Test(arguments: [
    "a: b & c", "a: \"&x\"", "a: '*x'", "a: 1 # &x", "# *x", "a: 2*3", "a: \"b\n  *c\"", "a: R&D",
    "{\"a\": \"b \\\", *c\"}",
  ])
  func plain(text: String) { #expect(Anchors.first(in: text) == nil) }

  /// Nine lines that stand for 10^9 nodes are refused before they are expanded.
  @Test func bomb() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(ProfileSample.lines(text).count == 1)
  }
}
