import Foundation
import TestSupport
import Testing

/// The same scenario gives the same bytes, whenever and on however many threads it runs.
@Suite struct DeterminismTests {
  static let examples = exampleFiles("scenarios/examples")

  static func exampleFiles(_ folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: Checkout.path(folder))?.allObjects ?? []
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }
      .map { "\(folder)/\($0)" }.sorted()
  }

  @Test func examplesAreFound() { #expect(Self.examples.count >= 3) }

  @Test(arguments: examples)
  func reportIsBitIdentical(_ example: String) throws {
    func report(threads: Int) throws -> Lacuna.Output {
      try Lacuna.run([
        "simulate", example, "--format", "json", "--quiet", "--threads", "\(threads)",
      ])
    }
    let first = try report(threads: 1)
    // 1 is a finding, an expectation missed; the report is whole all the same.
    #expect([0, 1].contains(first.code), "\(first.errors)")
    #expect(first.text.hasPrefix("{"))
    let again = try report(threads: 1)
    let besides = try report(threads: 2)
    #expect(again.text == first.text, "a second run differs")
    #expect(besides.text == first.text, "two threads differ from one")
  }
}
