import Foundation
import TestSupport
import Testing

/// Sparse methods carry through to streams: page selection and KV in host memory move the knee of the
/// latency curve, and the report says what binds at it.
@Suite struct ServedSparseTests {
  private static let example = "scenarios/examples/served-sparse.yaml"

  @Test func whatPhysicsSaysHolds() throws {
    let run = try Lacuna.run(["simulate", Self.example, "--quiet"])
    #expect(run.code == 0, "\(run.text)\(run.errors)")
    #expect(run.text.contains("3 of 3 counted expectations met"))
    for variant in ["dense", "pages", "pages-ddr"] {
      #expect(run.text.contains("\(variant): no steady state"))
    }
    #expect(!run.text.contains("pages-ddr-near: no steady state"))
    for line in run.text.split(separator: "\n") where line.count > 100 { Issue.record("\(line)") }
  }

  @Test func theRowsStandAmongThoseOfSystems() throws {
    let run = try Lacuna.run(["validate", Self.example, "--quiet"])
    #expect(run.code == 0, "\(run.text)\(run.errors)")
    #expect(run.text.contains("kv.occupancy.peak"))
  }

  @Test func theKneeMovesAndSaysWhatBinds() throws {
    try Lacuna.inFolder { folder in
      let run = try Lacuna.run([
        "sweep", Self.example, "--quiet", "--vary", "variant=dense,pages,pages-ddr,pages-ddr-near",
        "--vary", "workload.rate=0.01/s..0.64/s@13", "--plots", folder.path,
      ])
      #expect(run.code == 0, "\(run.errors)")
      let file = folder.appendingPathComponent("knees.json")
      let text = try JSONSerialization.jsonObject(with: try Data(contentsOf: file))
      let knees = try #require((text as? [String: Any])?["knees"] as? [[String: Any]])
      #expect(knees.count == 4)
      let rates = knees.compactMap { $0["rate_per_second"] as? Double }
      let beyond = knees.compactMap { $0["bound_beyond"] as? String }
      try #require(rates.count == 4 && beyond.count == 4)
      #expect(knees.allSatisfy { $0["inside"] as? Bool == true })
      // Selection alone frees no room; what is read before and kept near frees the link too.
      #expect(rates[1] < 2 * rates[0])
      #expect(rates[3] > 2 * rates[0])
      #expect(beyond[0] == "room for KV" && beyond[1] == "room for KV")
      #expect(beyond[2] == "pcie")
    }
  }
}
