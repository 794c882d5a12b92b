import TestSupport
import Testing

/// A sample file with one text replaced, and what is then printed.
struct BrokenSample: Sendable, CustomTestStringConvertible {
  var old: String
  var new: String
  var lines: [String]
  var testDescription: String { new }
  init(_ old: String, _ new: String, _ lines: String...) {
    self.old = old
    self.new = new
    self.lines = lines.map { $0.replacing("$ROOT", with: Checkout.root.path) }
  }

  /// Holds what is printed of the broken scenario against the lines that are expected.
  func check(in sample: String) {
    let text = sample.replacing(old, with: new)
    #expect(text != sample, "the sample has no '\(old)'")
    #expect(ScenarioSample.lines(text) == lines)
  }
}
