import Foundation
import TestSupport
import Testing

@testable import Commands

/// `lacuna validate` on scenarios of systems.
@Suite struct SystemsTests {
  private static let scenario = """
    schema: 1
    system: Example
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model:
      recording: attention
      layers: 4
      hidden: 1024
      attention: {heads: 8, kv-heads: 8, head-dimension: 128}
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 65536, generate: 2}
    variants:
      dense: {}
      sparse: {attention: {select: {by: page, keep: 1024 tokens, page: 64 tokens}}}
    expect:
      - {id: Example-1, variant: dense, metric: tpot, value: 1 ms, confidence: table, source: a}
      - {id: Example-2, variant: dense, metric: tpot, value: 1 ms, confidence: figure, source: a,
         at: {workload.prompt: 32768}}
      - {id: Example-3, variant: sparse, against: dense, metric: tpot, value: 0.5, source: a}
      - {id: Example-4, speaks: false, metric: accuracy, source: a, note: a quality}

    """

  private static let claims = """
    [{"system": "Example", "claims": [
      {"id": "Example-5", "metric": "time per output token", "units": "ms", "hardware": "H200",
       "model": "any", "batch": 2, "context": "64K", "confidence": "text", "baseline_value": 0.4,
       "method_value": null, "ratio": null},
      {"id": "Example-6", "metric": "colour", "units": "ms", "hardware": "H200", "model": "any",
       "confidence": "text", "ratio": 2},
      {"id": "Example-7", "metric": "perplexity", "units": "ppl", "confidence": "text", "ratio": 1}
    ]}]
    """

  private func validate(_ more: [String], claims: String? = nil) throws -> Lacuna.Output {
    var output: Lacuna.Output?
    try Lacuna.inFolder { folder in
      try Self.scenario.write(
        to: folder.appendingPathComponent("example.yaml"), atomically: true, encoding: .utf8)
      var arguments = ["validate", folder.path, "--quiet"] + more
      if let claims {
        let file = folder.appendingPathComponent("claims.json")
        try claims.write(to: file, atomically: true, encoding: .utf8)
        arguments += ["--claims", file.path]
      }
      output = try Lacuna.run(arguments)
    }
    return try #require(output)
  }

  /// Tables often lie beside a description of their machine, which is no scenario.
  @Test func aFolderWithATableHoldsNoScenarios() throws {
    try Lacuna.inFolder { folder in
      func write(_ name: String) throws {
        try "a,b\n".write(
          to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
      }
      try write("system_spec.yaml")
      #expect(SystemFiles.areScenarios([folder.path]))
      try write("gemm.csv")
      #expect(!SystemFiles.areScenarios([folder.path]))
    }
  }

  @Test(arguments: ["h200_lab", "h200_supplement"])
  func shippedTablesOfTheServerNameItByTheirFolder(folder: String) throws {
    let devices = try DeviceBook(folder: Checkout.path("hardware-profiles"))
    #expect(devices.profile(of: folder)?.name == "nvidia-h200-server")
  }

  @Test func jsonHasTheAgreedShape() throws {
    let output = try validate(["--format", "json"], claims: Self.claims)
    #expect(output.code == 0, "\(output.errors)")
    let parsed = try JSONSerialization.jsonObject(with: Data(output.text.utf8))
    let json = try #require(parsed as? [String: Any])
    for key in ["median_abs_error", "within_30_percent", "direction_ok"] {
      #expect(json[key] != nil, "\(key)")
    }
    let rows = try #require(json["expectations"] as? [[String: Any]])
    #expect(
      rows.compactMap { $0["id"] as? String } == [
        "Example-1", "Example-2", "Example-3", "Example-5/baseline",
      ])
    for row in rows {
      #expect(
        Set(row.keys) == [
          "system", "id", "metric", "published", "predicted", "error", "direction_ok", "confidence",
        ])
      let published = try #require(row["published"] as? Double)
      let predicted = try #require(row["predicted"] as? Double)
      let error = try #require(row["error"] as? Double)
      #expect(abs(error - (predicted / published - 1)) < 1e-12)
    }
    // Fewer pages take less time, so the published slowdown is of the wrong side.
    #expect(rows[2]["direction_ok"] as? Bool == false)
    #expect(rows[0]["direction_ok"] is NSNull)
    // In the claim's own milliseconds, of two sequences of 65,536 tokens.
    #expect(rows[3]["published"] as? Double == 0.4)
    let base = try #require(rows[0]["predicted"] as? Double)
    let claimed = try #require(rows[3]["predicted"] as? Double)
    #expect(claimed / 1000 > 1.5 * base && claimed / 1000 < 2.2 * base)
    // Half the context.
    let half = try #require(rows[1]["predicted"] as? Double)
    #expect(half > 0.4 * base && half < 0.7 * base)
    let unmatched = try #require(json["unmatched"] as? [[String: Any]])
    #expect(unmatched.compactMap { $0["id"] as? String } == ["Example-6"])
    let unspoken = try #require(json["unspoken"] as? [[String: Any]])
    #expect(unspoken.compactMap { $0["id"] as? String } == ["Example-4", "Example-7"])
  }

  @Test func theTableNamesEverything() throws {
    let output = try validate([], claims: Self.claims)
    for text in [
      "Published and predicted", "Read off a plot", "Beyond a cost model", "Unmatched", "Totals",
      "wrong",
    ] {
      #expect(output.text.contains(text), "\(text)")
    }
    #expect(output.text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func thePageIsMarkdown() throws {
    try Lacuna.inFolder { folder in
      let page = folder.appendingPathComponent("systems.md")
      let output = try validate(["--page", page.path])
      #expect(output.code == 0)
      let text = try String(contentsOf: page, encoding: .utf8)
      #expect(text.contains("## Example\n"))
      #expect(text.contains("`example.yaml`: attention (select)."))
      #expect(text.contains("| *Example-2* |"))
    }
  }

  @Test(arguments: [
    ("[", "claims.json"), ("[{\"system\": 3}]", "claims.json"), ("{}", "list of systems"),
  ])
  func hostileClaimsAreFaults(claims: String, named: String) throws {
    let output = try validate([], claims: claims)
    #expect(output.code == 65)
    #expect(output.text.isEmpty)
    #expect(output.errors.contains(named))
    #expect(!output.errors.contains("Fatal"))
  }

  @Test func claimsNeedScenarios() throws {
    let output = try Lacuna.run(["validate", "measurements", "--claims", "a.json"])
    #expect(output.code == 64)
  }
}

/// Totals by hand.
@Suite struct SystemTotalsTests {
  private func row(
    _ published: Double, _ predicted: Double, _ kind: SystemRow.Kind = .value,
    _ confidence: String = "table"
  ) -> SystemRow {
    SystemRow(
      system: "A", id: "A-1", metric: "tpot", kind: kind, published: published,
      predicted: predicted, texts: ("", ""), confidence: confidence, counts: true)
  }

  @Test func middleAndShares() {
    // Errors of 10, 20, 40 and 100 percent.
    let totals = SystemTotals([row(10, 11), row(10, 8), row(10, 14), row(1, 2)])
    #expect(abs((totals.medianError ?? 0) - 0.3) < 1e-12)
    #expect(totals.within15 == 0.25)
    #expect(totals.within30 == 0.5)
    #expect(totals.directionRight == nil)
  }

  /// A missing number is as far off as can be.
  @Test func missingNumbersCount() {
    let rows = [row(10, 11, .ratio), row(10, 8), row(10, 14)]
    let totals = SystemTotals(rows, missing: 2, missingRatios: 1)
    #expect(abs((totals.medianError ?? 0) - 0.4) < 1e-12)
    #expect(totals.within30 == 0.4)
    #expect(totals.directionRight == 0.5)
    #expect(SystemTotals(rows, missing: 3).medianError == nil)
    #expect(SystemTotals([]).medianError == nil)
  }

  @Test(arguments: [
    (2.0, 1.2, true), (2.0, 0.9, false), (0.97, 0.5, true), (0.97, 1.2, false),
    (0.97, 0.995, false),
    (1.0, 1.005, true), (1.0, 1.2, false), (1.06, 1.0, false),
  ])
  func slowdownsHaveADirection(published: Double, predicted: Double, right: Bool) {
    #expect(row(published, predicted, .ratio).isDirectionRight == right)
    #expect(row(published, predicted).isDirectionRight == nil)
  }

  @Test(arguments: [
    ("figure", true), ("second-hand", true), ("figure (read off)", true), ("table", false),
    ("text", false), ("abstract only", false),
  ])
  func plotsStandApart(confidence: String, apart: Bool) {
    #expect(row(1, 1, .value, confidence).isApart == apart)
  }
}
