import Diagnostics
import Foundation
import Scenarios
import TestSupport
import Testing

@testable import ScenarioFiles

/// Mutations of the shipped scenarios end in a value or in faults, never in a crash.
@Suite struct ScenarioFuzzTests {
  static let files: [String] = {
    let folder = "scenarios/examples"
    let all = FileManager.default.enumerator(atPath: Checkout.path(folder))?.allObjects ?? []
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }
      .map { "\(folder)/\($0)" }.sorted()
  }()

  @Test func filesAreFound() { #expect(Self.files.count >= 3) }

  @Test(arguments: files)
  func mutationsNeverCrash(_ file: String) throws {
    let text = try String(contentsOfFile: Checkout.path(file), encoding: .utf8)
    var random = SplitMix(state: UInt64(file.utf8.count))
    var refused = 0
    for _ in 0..<500 {
      let mutant = Self.mutate(Array(text.utf8), &random)
      guard let text = String(validating: mutant, as: UTF8.self) else { continue }
      if !Self.lines(text).isEmpty { refused += 1 }
    }
    #expect(refused > 100, "mutations that change nothing test nothing")
  }

  /// Small scenarios are mutated and, where they still read, played to the end.
  @Test(arguments: [
    ScenarioSample.pages, ScenarioSample.experts, ScenarioSample.neurons, ScenarioSample.whole,
  ])
  func playedMutationsNeverCrash(_ sample: String) {
    var random = SplitMix(state: UInt64(sample.utf8.count))
    for _ in 0..<60 {
      let mutant = Self.mutate(Array(sample.utf8), &random)
      guard let text = String(validating: mutant, as: UTF8.self) else { continue }
      for line in ScenarioSample.lines(text) {
        #expect(line.contains(": error: ") && !line.contains("\n"))
      }
    }
  }

  /// Reads every variant and finds its profile, runtime and model; traces are left alone.
  private static func lines(_ text: String) -> [String] {
    do throws(Faults) {
      let file = try ScenarioFile(document: Document(text: text, file: "mutant.yaml"), settings: [])
      for variant in file.variants.prefix(2) { _ = try file.scenario(variant: variant) }
      return []
    } catch {
      #expect(!error.faults.isEmpty)
      for line in error.faults.map(Diagnostic.line) { #expect(!line.contains("\n")) }
      return error.faults.map(Diagnostic.line)
    }
  }

  /// One to three edits: a byte changed, a run removed or doubled, a number made absurd, a cut.
  static func mutate(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let hostile = [
      "-1", "1e308", "nan", "9223372036854775807", "{}", "[]", "null", "\t", "\u{0}", "&a", "*a",
      ": ", "'", "\"", "0", "1e-320 B", "%", "!!int 3", "<<: {a: 1}", "? ", "| \n", "\u{FEFF}",
    ]
    for _ in 0...random.below(3) where bytes.count > 8 {
      let at = random.below(bytes.count - 4)
      let length = 1 + random.below(min(60, bytes.count - at - 1))
      switch random.below(6) {
      case 0: bytes[at] = UInt8(32 + random.below(95))
      case 1: bytes.removeSubrange(at..<at + length)
      case 2: bytes.insert(contentsOf: bytes[at..<at + length], at: random.below(bytes.count))
      case 3: bytes.insert(contentsOf: Array(random.pick(hostile).utf8), at: at)
      case 4:
        let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
        guard !digits.isEmpty else { continue }
        let place = random.pick(digits)
        bytes.replaceSubrange(place...place, with: Array(random.pick(hostile).utf8))
      default: bytes.removeLast(min(length, bytes.count - 1))
      }
    }
    return bytes
  }
}
