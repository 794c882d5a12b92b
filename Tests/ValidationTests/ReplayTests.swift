import Diagnostics
import Hardware
import Quantities
import ScenarioFiles
import TestSupport
import Testing
import Traces
import Validation

/// Measured replays checked straight from tables, with the recordings that drove them.
@Suite struct ReplayTests {
  /// The recordings as they are shipped, under the names that the tables give them.
  static let recordings = ["A_python": "attention-a-python", "B_python": "experts-b-python"]

  static func report(_ file: String, recordings: [String: String]) throws -> CheckReport {
    let folder = Checkout.path("hardware-profiles")
    let profile = try ProfileLibrary(folder: folder).profile("nvidia-h200-server")
    let checker = ReplayChecker(
      profile: { _ in profile },
      runtime: { name throws(Faults) in
        try RuntimeFile.runtime(
          name, folder: "\(folder)/runtimes", at: SourcePosition(file: folder))
      },
      recording: { name throws(Faults) in
        guard let file = recordings[name] else { return nil }
        return try TraceReader.read(Checkout.path("scenarios/traces/\(file).ltrace"))
      })
    var report = CheckReport(files: [file])
    try checker.check([try MeasurementFile.read(contentsOf: file)], into: &report)
    return report
  }

  @Test(arguments: [("kv_python.csv", 384), ("moe_python.csv", 288)])
  func everyStep(_ table: String, _ rows: Int) throws {
    let file = Checkout.path("measurements/trace_driven/\(table)")
    let report = try Self.report(file, recordings: Self.recordings)
    let section = try #require(report.sections.first)
    print("\(section.family): \(section.summary)")
    #expect(report.sections.count == 1 && report.skipped.isEmpty)
    #expect(section.missesExact == true)
    #expect(section.rows.count == rows)
    #expect(section.summary.mean <= 0.06)
    #expect(section.roofline.mean > 0.2)
  }

  @Test func flashReads() throws {
    let file = Checkout.path("measurements/trace_driven/flash_python.csv.gz")
    let report = try Self.report(file, recordings: ["A_python": "relu-a-python"])
    let section = try #require(report.sections.first)
    #expect(section.missesExact == true)
    #expect(section.rows.count == 896)
    #expect(section.summary.mean <= 0.15)
  }

  @Test func rowsWithoutARecordingAreCounted() throws {
    let file = Checkout.path("measurements/trace_driven/flash_python.csv.gz")
    let none = try Self.report(file, recordings: [:])
    #expect(none.sections.isEmpty)
    #expect(none.skippedRows == 896 * 12)
    let other = try Self.report(file, recordings: ["A_python": "experts-b-python"])
    #expect(other.skipped == ["the recording 'A_python' holds no neurons": 896 * 12])
  }

  @Test func anotherMissIsSeen() throws {
    let text = """
      trace,topk_pages,cache_pages_per_head,step,layers,kv_heads,query_heads,page_tokens,\
      page_bytes,weights_bytes_per_layer,misses_by_layer,ms
      A_python,16,32,160,12,4,32,64,32768,134217728,4 24 13 13 21 19 27 20 31 25 15 17,0.72746
      """
    let file = try TemporaryText(text, name: "any.csv")
    let report = try Self.report(file.path, recordings: Self.recordings)
    #expect(report.sections.map(\.missesExact) == [false])
    #expect(report.sections.map(\.rows.count) == [1])
  }

  @Test(arguments: [
    ("1 2 3", "misses_by_layer is '1 2 3'"), ("1 2 3 -4", "misses_by_layer is '1 2 3 -4'"),
  ])
  func faults(_ misses: String, _ words: String) throws {
    let text = """
      trace,cache_experts_per_layer,step,layers,topk,experts,hidden,inter,expert_bytes,\
      dense_bytes_per_layer,misses_by_layer,ms
      B_python,8,400,4,4,64,2048,1536,18874368,33554432,\(misses),12.9
      """
    let file = try TemporaryText(text, name: "any.csv")
    do {
      _ = try MeasurementFile.read(contentsOf: file.path)
      Issue.record("no fault")
    } catch {
      let lines = error.faults.map { Diagnostic.line($0) }
      #expect(lines.count == 1 && lines[0].contains(words), "\(lines)")
    }
  }

  @Test func layersOutOfOrderAreRefused() throws {
    let text = """
      trace,window,bundle_bytes,threads,token,layer,bundles_read,us
      A_python,0,16384,32,16,0,219,2890.1
      A_python,0,16384,32,16,2,124,1054.7
      """
    let file = try TemporaryText(text, name: "any.csv")
    #expect(throws: Faults.self) { try MeasurementFile.read(contentsOf: file.path) }
  }

  /// Pages read from storage through caches that hold one selection: what a step fetches is what the
  /// step before did not select, and takes what the read service says.
  @Test func storedPages() throws {
    let trace = try TraceReader.read(Checkout.path("scenarios/traces/attention-a-python.ltrace"))
    let view = try #require(trace.pages)
    let folder = Checkout.path("hardware-profiles")
    let profile = try ProfileLibrary(folder: folder).profile("nvidia-h200-server")
    let service = try #require(profile.tiers.first { $0.kind == .storage }?.service)
    let (first, count) = (3, 4)
    var steps: [MeasuredReplay.Step] = []
    for step in first..<(first + count) {
      var fetched: [Int] = []
      var seconds = 0.0
      for layer in 0..<view.layers {
        var fresh = 0
        for head in 0..<view.kvHeads {
          let last = view.pages(step: step - 1, layer: layer, head: head)
          let now = view.pages(step: step, layer: layer, head: head)
          let known = Set((0..<last.count).map { last[$0] })
          fresh += (0..<now.count).count { !known.contains(now[$0]) }
        }
        fetched.append(fresh)
        let depth = max(1, min(32, Double(fresh)))
        let interval = service.interval(chunk: Bytes(4096), depth: depth).value
        seconds += fresh == 0 ? 0 : service.group.value.value + Double(fresh) * interval
      }
      steps.append(MeasuredReplay.Step(fetched: fetched, seconds: seconds, line: 1))
    }
    let shape = StoredPageReplayShape(
      layers: view.layers, kvHeads: view.kvHeads, picks: view.picks, cachedPages: view.picks,
      pageTokens: view.pageTokens, pageBytes: 256 * view.pageTokens)
    var table = MeasurementTable(file: "hand")
    table.replays = [
      MeasuredReplay(
        device: "h200", recording: "A", runtime: "host-threads", shape: .storedPages(shape),
        firstStep: first, steps: steps)
    ]
    var report = CheckReport(files: ["hand"])
    try ReplayChecker(
      profile: { _ in profile },
      runtime: { name throws(Faults) in
        try RuntimeFile.runtime(
          name, folder: "\(folder)/runtimes", at: SourcePosition(file: folder))
      }, recording: { _ in trace }
    ).check([table], into: &report)
    let section = try #require(report.sections.first)
    #expect(section.family == "page-read-replay" && section.rows.count == count)
    #expect(section.missesExact == true)
    #expect(section.rows.allSatisfy { abs($0.error) < 1e-6 }, "\(section.rows.map(\.error))")
  }

  @Test func recordingsAreFoundByName() throws {
    let folder = try RecordingFolder(Checkout.path("scenarios/traces"))
    #expect(try folder.trace("attention-a-python")?.pages != nil)
    #expect(try folder.trace("deepseek") == nil)
    #expect(throws: Faults.self) { try folder.trace("a-python") }
    #expect(throws: Faults.self) { try RecordingFolder(Checkout.path("nowhere")) }
  }
}
