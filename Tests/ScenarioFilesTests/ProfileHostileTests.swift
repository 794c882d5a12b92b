import Diagnostics
import Foundation
import Testing

@testable import ScenarioFiles

/// Broken and hostile profiles give faults or profiles, never a crash.
@Suite struct ProfileHostileTests {
  /// A fixed sequence of numbers, so that a failure comes back on every run.
  struct Sequence {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  /// A profile cut anywhere before its first tier is whole is at fault.
  @Test func truncated() throws {
    let whole = try #require(ProfileSample.text.range(of: "bandwidth: 2 TB/s"))
    var end = ProfileSample.text.startIndex
    while end < whole.upperBound {
      #expect(!ProfileSample.lines(String(ProfileSample.text[..<end])).isEmpty)
      end = ProfileSample.text.index(after: end)
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func mutated(seed: UInt64) {
    let tokens = [
      "-", "1e308", "99999999999999999999", "nan", "inf", "{", "}", "[", "]", ":", "\"", "\n", "  ",
      "0", "&", "*", "0x7f", "1e-320", "\u{0}", "é", "null", "~", "!!binary", "? ", "| ", "#",
    ]
    var random = Sequence(state: seed)
    for _ in 0..<200 {
      var text = Array(ProfileSample.text.utf8)
      for _ in 0...random.next(below: 3) {
        let place = random.next(below: text.count)
        let length = min(random.next(below: 6), text.count - place)
        let token = tokens[random.next(below: tokens.count)]
        text.replaceSubrange(place..<(place + length), with: Array(token.utf8))
      }
      for line in ProfileSample.lines(String(decoding: text, as: UTF8.self)) {
        #expect(!line.contains("\n") && line.hasPrefix("sample.yaml"))
      }
    }
  }

  /// The examples of the format's page read without a fault.
  @Test func documentedExamples() throws {
    let folder = URL(fileURLWithPath: ShippedProfiles.folder)
    let page = folder.deletingLastPathComponent().appendingPathComponent("docs/formats/profile.md")
    let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
    let blocks = text.split(separator: "```yaml\n").dropFirst().compactMap {
      $0.split(separator: "```").first.map(String.init)
    }
    #expect(blocks.count == 2)
    for (block, name) in zip(blocks, ["example-gpu", "a100-workstation"]) {
      let file = folder.appendingPathComponent("\(name).yaml").path
      #expect(ProfileSample.lines(block, file: file) == [])
    }
  }
}
