import Foundation
import TestSupport
import Testing

/// Bad input through the binary: one line an error, exit 65, and no output file.
@Suite struct FaultExitTests {
  @Test(arguments: [
    ("replace: lru", "replace: lur", "there is no replacement 'lur'"),
    ("prompt: 1,", "prompt: -1,", "workload.prompt is '-1'"),
    ("budget: 8 experts", "budget: 1 MB", "experts.resident.budget is '1 MB'"),
    ("traces/experts-b-python.ltrace", "traces/none.ltrace", "no such file"),
    ("tier: ddr", "tier: tape", "experts.tier: there is no tier"),
    (
      "expect:\n",
      "expect:\n  - {variant: cache-8, metric: tpto, value: 1 ms, source: x}\n",
      "there is no metric 'tpto'"
    ),
    (
      "expect:\n",
      "expect:\n  - {variant: cache-8, metric: tpot, value: 1 GB, source: x}\n",
      "expect[0].value '1 GB' is not a quantity"
    ),
    ("width: 1536", "width: 999999", "memory.ddr is"),
  ])
  func faultsLeaveNothingBehind(_ old: String, _ new: String, _ sentence: String) throws {
    let sample = try String(
      contentsOfFile: Checkout.path("scenarios/examples/trace-driven/moe.yaml"), encoding: .utf8)
    let broken = sample.replacing(old, with: new)
    try #require(broken != sample)
    try Lacuna.inFolder { folder in
      let scenario = folder.appendingPathComponent("broken.yaml")
      try Data(broken.utf8).write(to: scenario)
      let run = try Lacuna.run([
        "simulate", scenario.path, "--quiet", "--steps",
        folder.appendingPathComponent("steps.csv").path, "--timeline",
        folder.appendingPathComponent("timeline.json").path,
      ])
      #expect(run.code == 65)
      #expect(run.text.isEmpty)
      let lines = run.errors.split(separator: "\n")
      #expect(lines.count == 1 && lines[0].contains(": error: "), "\(run.errors)")
      #expect(run.errors.contains(sentence), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["broken.yaml"])
    }
  }

  /// Files that are no text, or none at all.
  @Test func filesThatAreNoScenario() throws {
    try Lacuna.inFolder { folder in
      let file = folder.appendingPathComponent("binary.yaml")
      try Data([0x73, 0xFF, 0xFE, 0x00]).write(to: file)
      let binary = try Lacuna.run(["simulate", file.path, "--quiet"])
      #expect(binary.code == 65)
      #expect(
        binary.errors == "\(file.path): error: not valid UTF-8: bytes that are not text; save it "
          + "as UTF-8\n")
      let missing = try Lacuna.run(["simulate", folder.path + "/none.yaml", "--quiet"])
      #expect(missing.code == 65)
      #expect(missing.errors == "\(folder.path)/none.yaml: error: cannot be read: no such file\n")
      let isFolder = try Lacuna.run(["simulate", folder.path, "--quiet"])
      #expect(isFolder.code == 65)
      #expect(isFolder.errors.contains("it is a folder"))
    }
  }

  @Test func unknownVariantAndBadUsage() throws {
    let moe = "scenarios/examples/trace-driven/moe.yaml"
    let variant = try Lacuna.run(["simulate", moe, "--quiet", "--variant", "cache-9"])
    #expect(variant.code == 65)
    #expect(
      variant.errors
        == "\(moe): error: variant: there is no variant 'cache-9'; did you mean 'cache-8'?\n")
    let usage = try Lacuna.run(["simulate", moe, "--engine", "analytic", "--steps", "x.csv"])
    #expect(usage.code == 64)
  }

  /// An output that cannot be written is a fault too; nothing is left of the other.
  @Test func unwritableOutput() throws {
    try Lacuna.inFolder { folder in
      let run = try Lacuna.run([
        "simulate", "scenarios/examples/trace-driven/moe.yaml", "--quiet", "--variant", "cache-8",
        "--timeline", "\(folder.path)/timeline.json", "--steps", "/no/such/folder/steps.csv",
      ])
      #expect(run.code == 65)
      let start = "/no/such/folder/steps.csv: error: the output is '/no/such/folder/steps.csv'; "
      #expect(run.errors.hasPrefix(start + "it cannot be written"), "\(run.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}
