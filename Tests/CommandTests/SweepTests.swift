import Foundation
import NumericalMethods
import TestSupport
import Testing

/// `lacuna sweep`: the same bytes whoever works them out, and after whatever end.
@Suite struct SweepTests {
  /// 288 points, of which some fit no memory.
  static let sweep = [
    "scenarios/systems/quest.yaml", "--variant", "sparse", "--quiet",
    "--vary", "hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb", "--vary", "workload.batch=1..6:1",
    "--vary", "workload.prompt=1024..8192:1024",
    "--vary", "attention.reads.attend.tokens.keep=256 tokens..1024 tokens*2",
    "--set", "workload.generate=8",
  ]

  private func run(_ arguments: [String]) throws -> Lacuna.Output {
    let output = try Lacuna.run(["sweep"] + arguments)
    #expect(output.code == 0, "\(output.errors)")
    return output
  }

  @Test(arguments: ["csv", "jsonl", "sqlite"])
  func shardsMergeToTheSameBytes(ending: String) throws {
    try Lacuna.inFolder { folder in
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      _ = try run(Self.sweep + ["--out", path("whole.\(ending)"), "--threads", "1"])
      let whole = try Data(contentsOf: folder.appendingPathComponent("whole.\(ending)"))
      for count in [1, 7] {
        for index in (1...count).reversed() {
          _ = try run(
            Self.sweep + [
              "--shard", "\(index)/\(count)", "--out", path("parts-\(count)"), "--threads", "2",
            ])
        }
        _ = try run(["merge", path("parts-\(count)"), "--out", path("merged.\(ending)")])
        let merged = try Data(contentsOf: folder.appendingPathComponent("merged.\(ending)"))
        #expect(merged == whole, "\(count) shards differ from one run")
      }
      #expect(whole.count > 10_000)
    }
  }

  @Test func aKilledSweepGoesOnToTheSameBytes() throws {
    try Lacuna.inFolder { folder in
      let (whole, killed) = (
        folder.appendingPathComponent("whole.csv"), folder.appendingPathComponent("killed.csv")
      )
      let start = Date()
      _ = try run(Self.sweep + ["--out", whole.path])
      let seconds = Date().timeIntervalSince(start)
      var draws = KeyedStream(seed: 17, purpose: "kill")
      for _ in 0..<8 {
        try kill(after: draws.uniform() * seconds, ["--out", killed.path, "--threads", "2"])
      }
      _ = try run(Self.sweep + ["--out", killed.path])
      #expect(try Data(contentsOf: killed) == Data(contentsOf: whole))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == ["killed.csv", "whole.csv"])
    }
  }

  private func kill(after seconds: Double, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Lacuna.binary))
    process.arguments = ["sweep"] + Self.sweep + arguments
    process.currentDirectoryURL = Checkout.root
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  @Test func partsOfAnotherSweepAreNotMixed() throws {
    try Lacuna.inFolder { folder in
      let parts = folder.appendingPathComponent("parts").path
      _ = try run(Self.sweep + ["--shard", "1/9", "--out", parts])
      let other = try Lacuna.run(
        ["sweep"] + Self.sweep + ["--set", "precision.kv=fp8", "--shard", "2/9", "--out", parts])
      #expect(other.code == 65)
      #expect(other.errors.contains("it holds parts of another sweep"))
      let early = try Lacuna.run(["sweep", "merge", parts, "--out", parts + ".csv"])
      #expect(early.code == 65)
      #expect(early.errors.contains("parts missing"))
    }
  }

  @Test func theFrontTheBestAndTheElasticitiesAreShown() throws {
    let shown = try run(
      Self.sweep + ["--pareto", "tpot,throughput", "--best", "2", "--threads", "1"])
    #expect(shown.text.contains("points that no other beats"))
    #expect(shown.text.contains("The best in playback"))
    let effects = try run(Self.sweep + ["--sample", "one-at-a-time"])
    #expect(effects.text.contains("By how many percent a metric changes for one percent of a key"))
  }

  @Test(arguments: [
    ["--vary", "workload.batch=0,1"], ["--vary", "nothing=1"], ["--sample", "sobol:0"],
    ["--sample", "grid:3"], ["--metric", "speed"], ["--pareto", "speed"],
    ["--vary", "workload.generate=1..4"], ["--out", "results.txt"],
  ])
  func faultyOptionsAreInputFaults(options: [String]) throws {
    let output = try Lacuna.run(
      ["sweep", "scenarios/systems/quest.yaml", "--variant", "sparse"] + options)
    #expect(output.code == 65, "\(output.errors)")
    #expect(output.errors.contains(": error: "))
  }
}
