import Foundation
import TestSupport
import Testing

/// The shipped scenarios of published systems, as `lacuna validate scenarios/systems` plays them.
@Suite struct ShippedSystemsTests {
  private struct Row {
    var id: String
    var predicted: Double?
  }

  private static func validate(_ engine: String) throws -> (rows: [Row], json: [String: Any]) {
    let output = try Lacuna.run([
      "validate", "scenarios/systems", "--quiet", "--format", "json", "--engine", engine,
    ])
    #expect(output.code == 0, "\(output.errors)")
    let parsed = try JSONSerialization.jsonObject(with: Data(output.text.utf8))
    let json = try #require(parsed as? [String: Any])
    let rows = try #require(json["expectations"] as? [[String: Any]])
    return (
      try rows.map {
        Row(id: try #require($0["id"] as? String), predicted: $0["predicted"] as? Double)
      },
      json
    )
  }

  /// Every row has a prediction, the engines give the same, and few sides are wrong.
  @Test func bothEnginesPlayEverySystem() throws {
    let (analytic, json) = try Self.validate("analytic")
    let (played, _) = try Self.validate("playback")
    #expect(analytic.count > 200)
    #expect(analytic.map(\.id) == played.map(\.id))
    for (a, b) in zip(analytic, played) {
      let (one, other) = (
        try #require(a.predicted, "\(a.id)"), try #require(b.predicted, "\(b.id)")
      )
      // Where a step gathers weights beside its products, the closed form slows both by their mean
      // use of memory, playback by what meets: up to 2.7 % of a training step.
      #expect(abs(one / other - 1) < 0.03, "\(a.id): \(one) and \(other)")
    }
    #expect(try #require(json["direction_ok"] as? Double) >= 0.95)
    #expect((json["unmatched"] as? [Any])?.isEmpty == true)
  }

  /// No code knows a system's name: none is a word of a string in the sources.
  @Test func noCodeNamesASystem() throws {
    let folder = Checkout.root.appendingPathComponent("scenarios/systems")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(names.count >= 34)
    let sources = Checkout.root.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
      for name in names {
        #expect(
          text.range(of: "\"\(name)\"", options: .caseInsensitive) == nil, "\(name) in \(file)")
      }
    }
  }
}
