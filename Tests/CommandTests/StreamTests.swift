import Foundation
import TestSupport
import Testing

/// Streams of requests through the verbs: numbers by name, expectations, sweeps and plans.
@Suite struct StreamTests {
  /// Sixty requests a second apart, as Azure logs them.
  private static var log: String {
    "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      + (0..<60).map { row in
        "2023-11-16 18:15:\(row < 10 ? "0" : "")\(row).0000000,\(200 + 7 * row % 90),\(5 + row % 11)\n"
      }.joined()
  }

  private static func scenario(expect: String = "") -> String {
    """
    schema: 1
    title: Sixty requests
    hardware: nvidia-a100-sxm-80gb
    runtime: vllm
    model: meta-llama/Llama-2-7b
    precision: {weights: fp16, kv: fp16}
    workload: {requests: log.csv, rate: 2/s, service-level: {ttft: 1 s}}
    variants:
      two: {}
      eight: {workload: {rate: 8/s}}
    \(expect)
    """
  }

  /// Runs a verb over the scenario in a folder that holds it and its log.
  private func run(
    _ arguments: [String], expect: String = "", _ body: (Lacuna.Output, URL) throws -> Void
  ) throws {
    try Lacuna.inFolder { folder in
      try Self.log.write(
        to: folder.appendingPathComponent("log.csv"), atomically: true, encoding: .utf8)
      let file = folder.appendingPathComponent("sixty.yaml")
      try Self.scenario(expect: expect).write(to: file, atomically: true, encoding: .utf8)
      let words = arguments.map {
        $0.replacing("SIXTY", with: file.path).replacing("FOLDER", with: folder.path)
      }
      try body(try Lacuna.run(words), folder)
    }
  }

  @Test func everyNumberHasItsNameInJSONAndCSV() throws {
    try run(["simulate", "SIXTY", "--variant", "two", "--format", "csv"]) { output, _ in
      #expect(output.code == 0, "\(output.errors)")
      let rows = output.text.split(separator: "\n")
      #expect(rows[0] == "scenario,variant,metric,value,low,high")
      let names = rows.dropFirst().map { $0.split(separator: ",")[2] }
      #expect(Set(names).count == names.count)
      for name in [
        "ttft", "ttft.p99", "tpot.p90", "request.time.p50", "queueing", "token_gap.p99", "kept",
        "goodput", "requests.rate", "requests.growth", "throughput", "batch", "kv.occupancy",
        "hbm.utilisation", "hbm.bytes_per_token", "gpu.utilisation", "energy_per_token",
      ] {
        #expect(names.contains(Substring(name)), "\(name) is missing")
      }
    }
    try run(["simulate", "SIXTY", "--variant", "two", "--format", "json"]) { output, _ in
      let value = try JSONSerialization.jsonObject(with: Data(output.text.utf8))
      let variants = try #require((value as? [String: Any])?["variants"] as? [[String: Any]])
      let metrics = try #require(variants[0]["metrics"] as? [String: Double])
      #expect(abs(try #require(metrics["requests.offered"]) - 2) < 1e-9)
      #expect(metrics["kept"] == 1)
      let (mean, p50, p99) = (metrics["ttft"], metrics["ttft.p50"], metrics["ttft.p99"])
      #expect(try #require(p50) <= #require(p99))
      let intervals = try #require(variants[0]["intervals"] as? [String: [Double]])
      let (interval, ttft) = (try #require(intervals["ttft"]), try #require(mean))
      #expect(interval[0] < ttft)
      #expect(ttft < interval[1])
    }
  }

  @Test(arguments: [
    ("{variant: two, metric: kept, value: 1, within: 0, source: test}", 0 as Int32),
    ("{variant: eight, metric: requests.offered, against: two, value: 0.25, source: test}", 0),
    (
      "{variant: two, at: {workload.rate: 4/s}, metric: requests.offered, value: 4/s, source: t}", 0
    ),
    ("{variant: two, metric: ttft.p99, value: 1 us, source: test}", 1),
    ("{variant: two, metric: ttft.p98, value: 1 s, source: test}", 65),
    ("{variant: two, metric: kept, value: 1 s, source: test}", 65),
    ("{variant: two, metric: step.time, value: 1 s, source: test}", 65),
    ("{variant: two, metric: ddr.utilisation, value: 1, source: test}", 65),
  ])
  func expectationsAreHeld(row: String, code: Int32) throws {
    try run(["simulate", "SIXTY", "--quiet"], expect: "expect:\n  - \(row)") { output, _ in
      #expect(output.code == code, "\(output.text)\(output.errors)")
      #expect(output.text.contains("1 of 1 counted expectations met") == (code == 0))
      for line in output.text.split(separator: "\n") where line.count > 100 {
        Issue.record("\(line)")
      }
    }
  }

  private static let sweep = [
    "sweep", "SIXTY", "--quiet", "--vary", "workload.rate=1/s..64/s*2",
    "--vary", "workload.order=fifo,shortest-first", "--vary", "workload.step-tokens=256,512",
  ]

  @Test func shardsOfRatesMergeToTheSameBytes() throws {
    try Lacuna.inFolder { all in
      try run(Self.sweep + ["--out", "FOLDER/whole.csv", "--threads", "1"]) { whole, folder in
        #expect(whole.code == 0, "\(whole.errors)")
        #expect(whole.text.contains("28 of 28 points played"))
        #expect(whole.text.contains("The knee of the latency curve"))
        let file = folder.appendingPathComponent("sixty.yaml").path
        for index in [3, 1, 2] {
          let shard = try Lacuna.run(
            Self.sweep.map { $0.replacing("SIXTY", with: file) }
              + ["--shard", "\(index)/3", "--out", all.path + "/parts"])
          #expect(shard.code == 0, "\(shard.errors)")
        }
        let merge = try Lacuna.run(
          ["sweep", "merge", all.path + "/parts", "--out", all.path + "/merged.csv"])
        #expect(merge.code == 0, "\(merge.errors)")
        let bytes = try Data(contentsOf: folder.appendingPathComponent("whole.csv"))
        #expect(try Data(contentsOf: all.appendingPathComponent("merged.csv")) == bytes)
        #expect(bytes.split(separator: 10).count == 29)
      }
    }
  }

  @Test func plotsAndKneesAreWritten() throws {
    try run(
      ["sweep", "SIXTY", "--quiet", "--vary", "workload.rate=1/s..64/s*2", "--plots", "FOLDER/p"]
    ) { output, folder in
      #expect(output.code == 0, "\(output.errors)")
      let plots = folder.appendingPathComponent("p")
      let svg = try String(
        contentsOf: plots.appendingPathComponent("latency-rate.svg"), encoding: .utf8)
      #expect(svg.contains("<polyline") && svg.contains("r=\"6\""))
      let knees = try JSONSerialization.jsonObject(
        with: try Data(contentsOf: plots.appendingPathComponent("knees.json")))
      let knee = try #require(((knees as? [String: Any])?["knees"] as? [[String: Any]])?.first)
      #expect((knee["bound"] as? String)?.isEmpty == false)
      #expect(try #require(knee["rate_per_second"] as? Double) > 0)
    }
    try run(["simulate", "SIXTY", "--quiet", "--plots", "FOLDER/p"]) { output, folder in
      #expect(output.code == 0, "\(output.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/p").sorted()
      #expect(names == ["eight-batch.svg", "eight-kv.svg", "two-batch.svg", "two-kv.svg"])
    }
  }

  @Test func aPlanFindsTheRateAndTheBox() throws {
    try run([
      "plan", "SIXTY", "--vary", "workload.rate=1/s..256/s@33", "--require", "ttft.p99<400ms",
      "--maximize", "workload.rate",
    ]) { output, _ in
      #expect(output.code == 0, "\(output.errors)")
      #expect(output.text.contains("workload.rate") && output.text.contains("Bound by"))
      #expect(output.text.contains("of 33 points worked out"))
    }
    try run([
      "plan", "SIXTY", "--vary", "hardware=nvidia-a100-sxm-80gb,nvidia-rtx-4090",
      "--vary", "workload.replicas=1..2:1", "--require", "kept>0.99", "--minimize", "cost_per_hour",
    ]) { output, _ in
      #expect(output.code == 0, "\(output.errors)")
      #expect(output.text.contains("cost_per_hour"))
    }
  }

  @Test(arguments: [
    ["sweep", "SIXTY", "--vary", "workload.batch=1,2"],
    ["sweep", "SIXTY", "--vary", "workload.rate=0/s,1/s"],
    ["sweep", "SIXTY", "--vary", "workload.speed=1,2"],
    ["sweep", "SIXTY", "--vary", "workload.order=fifo,lifo"],
    ["sweep", "SIXTY", "--vary", "workload.order=fifo", "--plots", "FOLDER/p"],
    ["sweep", "scenarios/systems/quest.yaml", "--vary", "workload.rate=1/s,2/s"],
    ["plan", "SIXTY", "--vary", "devices=1,2", "--minimize", "cost"],
    [
      "plan", "SIXTY", "--vary", "workload.rate=1/s,2/s", "--require", "p99.tpot<1s",
      "--minimize", "cost",
    ],
    ["simulate", "SIXTY", "--set", "workload.warm-up=0.95"],
    ["simulate", "SIXTY", "--set", "workload.warm-up=tenth"],
  ])
  func whatStreamsHaveNotIsAFault(arguments: [String]) throws {
    try run(arguments) { output, _ in
      #expect(output.code == 65, "\(output.text)\(output.errors)")
      #expect(output.errors.contains(": error: "))
    }
  }
}
