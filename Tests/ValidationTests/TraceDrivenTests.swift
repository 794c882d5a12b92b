import EventKernel
import Foundation
import ScenarioFiles
import Simulation
import TestSupport
import Testing

/// Playback of the shipped traces held, step by step, against the same runs made for real.
@Suite struct TraceDrivenTests {
  /// One variant of a scenario and the rows of the table that it stands for.
  struct Group: Sendable, CustomTestStringConvertible {
    var variant: String
    var keys: [String: Int]
    var testDescription: String { variant }
    init(_ variant: String, _ keys: [String: Int]) {
      self.variant = variant
      self.keys = keys
    }

    func holds(_ row: [String: String]) throws -> Bool {
      try keys.allSatisfy { try row.integer($0.key) == $0.value }
    }
  }

  static func play(_ scenario: String, _ variant: String) throws -> PlayedSteps {
    let file = try ScenarioFile(
      contentsOf: Checkout.path("scenarios/examples/trace-driven/\(scenario).yaml"))
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let simulator = try Simulator(resolver.resolve(file.scenario(variant: variant)))
    let run = try simulator.run(.playback)
    return PlayedSteps(
      first: simulator.preparation.firstStep, sizes: simulator.preparation.sizes,
      picoseconds: try #require(run.report.playback).each)
  }

  @Test(arguments: [
    Group("keep-16-cache-32", ["topk_pages": 16, "cache_pages_per_head": 32]),
    Group("keep-32-cache-64", ["topk_pages": 32, "cache_pages_per_head": 64]),
    Group("keep-32-cache-128", ["topk_pages": 32, "cache_pages_per_head": 128]),
    Group("keep-48-cache-96", ["topk_pages": 48, "cache_pages_per_head": 96]),
  ])
  func keyValueOffload(_ group: Group) throws {
    try compare(group, scenario: "kv", table: "kv_python.csv", column: "pages.missed")
  }

  @Test(arguments: [
    Group("cache-8", ["cache_experts_per_layer": 8]),
    Group("cache-16", ["cache_experts_per_layer": 16]),
    Group("cache-32", ["cache_experts_per_layer": 32]),
  ])
  func expertOffload(_ group: Group) throws {
    try compare(group, scenario: "moe", table: "moe_python.csv", column: "experts.missed")
  }

  private func compare(
    _ group: Group, scenario: String, table: String, column: String
  ) throws {
    let rows = try MeasuredTable("measurements/trace_driven/\(table)").rows.filter(group.holds)
    let played = try Self.play(scenario, group.variant)
    #expect(rows.count == 96)
    #expect(try rows.map { try $0.integer("step") } == played.steps)
    for (row, step) in zip(rows, played.steps) {
      #expect(try row.integers("misses_by_layer") == played.counts(column, step: step))
    }
    let fit = Agreement(
      predicted: played.seconds, measured: try rows.map { 1e-3 * (try $0.number("ms")) })
    print("trace-driven \(scenario) \(group.variant): \(fit)")
    #expect(fit.meanError <= 0.06, "\(fit)")
    #expect(fit.correlation >= 0.97, "\(fit)")
    #expect((0.9...1.1).contains(fit.slope), "\(fit)")
  }

  @Test(arguments: [
    Group("window-0", ["window": 0, "bundle_bytes": 16384, "threads": 32]),
    Group("window-1", ["window": 1, "bundle_bytes": 16384, "threads": 32]),
    Group("window-5", ["window": 5, "bundle_bytes": 16384, "threads": 32]),
    Group("window-5-8k", ["window": 5, "bundle_bytes": 8192, "threads": 32]),
    Group("window-5-32k", ["window": 5, "bundle_bytes": 32768, "threads": 32]),
    Group("window-5-8-threads", ["window": 5, "bundle_bytes": 16384, "threads": 8]),
    Group("window-5-1-thread", ["window": 5, "bundle_bytes": 16384, "threads": 1]),
  ])
  func flashReads(_ group: Group) throws {
    let rows = try MeasuredTable("measurements/trace_driven/flash_python.csv.gz").rows
      .filter(group.holds)
    let played = try Self.play("flash", group.variant)
    var bundles: [Int: [Int]] = [:]
    var seconds: [Int: Double] = [:]
    for row in rows {
      let token = try row.integer("token")
      #expect(try row.integer("layer") == bundles[token, default: []].count)
      bundles[token, default: []].append(try row.integer("bundles_read"))
      seconds[token, default: 0] += 1e-6 * (try row.number("us"))
    }
    #expect(played.steps.count == 128)
    #expect(bundles.keys.sorted() == played.steps)
    for step in played.steps {
      #expect(bundles[step] == played.counts("neurons.read", step: step), "token \(step)")
    }
    let fit = Agreement(
      predicted: played.seconds, measured: try played.steps.map { try #require(seconds[$0]) })
    print("trace-driven flash \(group.variant): \(fit)")
    #expect(fit.meanError <= 0.15, "\(fit)")
  }
}

/// The steps of one playback, numbered as in the trace.
struct PlayedSteps {
  var first: Int
  var sizes: ResolvedSizes
  var picoseconds: [Int64]

  var steps: [Int] { Array(first..<first + picoseconds.count) }
  var seconds: [Double] { picoseconds.map { Double($0) * 1e-12 } }

  /// The counts of every layer in one step.
  func counts(_ column: String, step: Int) -> [Int]? {
    sizes.columns[column].map {
      $0.counts[(step - first) * $0.layers..<(step - first + 1) * $0.layers].map(Int.init)
    }
  }
}
