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

  /// Short, because the debug build draws a trace of 128K tokens and 32 layers in minutes.
  static func shortened(_ example: String) -> [String] {
    // Streams of requests bring their own lengths, and play fast.
    let streams = ["/azure-conversation.yaml", "/served-sparse.yaml"]
    if streams.contains(where: example.hasSuffix) { return [] }
    var settings = ["workload.generate=8", "workload.prompt=8192"]
    if example.hasSuffix("/kv-offload.yaml") {
      settings += [
        "model={hidden: 256, layers: 4, vocabulary: 512, tied: true, heads: 4, kv-heads: 2, "
          + "gated: true, activation: silu, ffn: 512}",
        "cache.resident.budget=70 pages",
      ]
    }
    return settings.flatMap { ["--set", $0] }
  }

  @Test func examplesAreFound() { #expect(Self.examples.count >= 3) }

  @Test(arguments: examples)
  func reportIsBitIdentical(_ example: String) throws {
    func report(threads: Int) throws -> Lacuna.Output {
      try Lacuna.run(
        ["simulate", example, "--format", "json", "--quiet", "--threads", "\(threads)"]
          + Self.shortened(example))
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
