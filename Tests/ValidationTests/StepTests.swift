import Diagnostics
import Hardware
import ScenarioFiles
import TestSupport
import Testing
import Validation

/// Whole steps predicted from the prices of their operations, against the measured ones.
@Suite struct StepTests {
  static func report(_ file: String) throws -> CheckReport {
    let folder = Checkout.path("hardware-profiles")
    let profile = try ProfileLibrary(folder: folder).profile("nvidia-h200-server")
    let checker = StepChecker(profile: { profile.aliases.contains($0) ? profile : nil }) {
      name throws(Faults) in
      try RuntimeFile.runtime(
        name, folder: "\(folder)/runtimes", at: SourcePosition(file: folder))
    }
    var report = CheckReport(files: [file])
    let table = try MeasurementFile.read(contentsOf: Checkout.path("measurements/\(file)"))
    try checker.check([table], into: &report)
    return report
  }

  @Test func decodeSteps() throws {
    let report = try Self.report("h200_lab/decode_step.csv")
    #expect(report.sections.map(\.kernel) == ["analytic", "playback"])
    #expect(report.skipped.isEmpty)
    for section in report.sections {
      print("decode-step \(section.kernel): \(section.summary)")
      #expect(section.family == "decode-step")
      #expect(section.rows.count == 35)
      #expect(section.summary.mean <= 0.06)
      #expect(section.roofline.mean > 0.3)
    }
    #expect(report.crossings.count == 16)
    for crossing in report.crossings { #expect(crossing.stepsApart <= 1, "\(crossing)") }
    let pairs = SpeedupPairs(report)
    #expect(pairs.pairs.count == 44)
    #expect(try #require(pairs.directionShare) >= 0.95)
  }

  @Test func offloadSteps() throws {
    let report = try Self.report("h200_lab/kv_offload.csv")
    #expect(report.sections.map(\.kernel) == ["playback"])
    let section = try #require(report.sections.first)
    print("kv-offload-step: \(section.summary)")
    #expect(section.family == "kv-offload-step")
    #expect(section.rows.count == 40)
    #expect(section.summary.mean <= 0.08)
  }

  @Test(arguments: [
    ("heads,kv_heads", "32,5", "kv_heads is '5'"),
    ("context,page", "4096,0", "page is '0'"),
    ("context,page,keep,pages_read", "4096,64,1.0,65", "pages_read is '65'"),
    ("layers", "99999999", "layers is '99999999'"),
    ("ms", "-1", "ms is '-1'"),
  ])
  func faults(_ columns: String, _ values: String, _ words: String) throws {
    var row = [
      "model": "m", "layers": "2", "hidden": "64", "heads": "32", "kv_heads": "8",
      "head_dim": "64", "inter": "64", "vocab": "100", "batch": "1", "context": "4096",
      "page": "64", "keep": "1.0", "pages_read": "64", "select": "none", "ms": "1.5",
    ]
    for (column, value) in zip(columns.split(separator: ","), values.split(separator: ",")) {
      row[String(column)] = String(value)
    }
    let names = row.keys.sorted()
    let text =
      names.joined(separator: ",") + "\n" + names.map { row[$0] ?? "" }.joined(separator: ",")
    let file = try TemporaryText(text, name: "steps.csv")
    do {
      _ = try MeasurementFile.read(contentsOf: file.path)
      Issue.record("no fault")
    } catch {
      let lines = error.faults.map { Diagnostic.line($0) }
      #expect(lines.count == 1)
      #expect(lines.first?.contains(words) == true, "\(lines)")
    }
  }
}
