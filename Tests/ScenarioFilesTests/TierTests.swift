import Diagnostics
import Simulation
import TestSupport
import Testing

@testable import ScenarioFiles

/// Data in host memory and on storage, kept beside the processor or on the way to it.
@Suite struct TierTests {
  static func report(_ sample: String, _ settings: [String]) throws -> Report {
    let file = try ScenarioFile(
      document: Document(text: sample, file: "sample.yaml"), settings: settings)
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let variant = try #require(file.variants.last)
    let simulator = try Simulator(resolver.resolve(file.scenario(variant: variant)))
    return try simulator.run(.both).report
  }

  static func bytes(_ report: Report, _ through: String) -> Double {
    report.metric("\(through).bytes_per_token") ?? 0
  }

  /// A kernel that gathers what storage brings waits for it, on whichever stream it runs.
  @Test(arguments: ["gather-kernel", "copy-engine"], [true, false])
  func storageBoundsTheStep(_ transfer: String, _ pages: Bool) throws {
    let site = pages ? "cache" : "experts"
    let report = try Self.report(
      pages ? ScenarioSample.pages : ScenarioSample.experts,
      ["\(site).tier=flash", "\(site).transfer=\(transfer)"])
    let step = try #require(report.metric("tpot"))
    let flash = try #require(report.metric("flash.time_per_token"))
    #expect(flash > 0 && step >= flash)
    for resource in report.resources { #expect(resource.utilisation <= 1.000001) }
    let played = try #require(report.playback).total
    let closed = try #require(report.analytic).total
    #expect(abs(closed.value / played.value - 1) < 0.05)
  }

  /// Three tiers: only misses cross storage, but all that a step uses crosses the link.
  @Test(arguments: ["", "previous-step"], [true, false])
  func keptInHostMemory(_ guess: String, _ pages: Bool) throws {
    let site = pages ? "cache" : "experts"
    let sample = pages ? ScenarioSample.pages : ScenarioSample.experts
    let prefetch = guess.isEmpty ? [] : ["\(site).prefetch={by: \(guess)}"]
    let near = try Self.report(sample, ["\(site).tier=flash"] + prefetch)
    let kept = try Self.report(
      sample, ["\(site).tier=flash", "\(site).resident.tier=ddr"] + prefetch)
    let hits = try #require(kept.metric("\(pages ? "pages" : "experts").hit_rate"))
    #expect(near.metric("\(pages ? "pages" : "experts").hit_rate") == hits)
    #expect(Self.bytes(kept, "flash") == Self.bytes(near, "flash"))
    if guess.isEmpty {
      let used = Self.bytes(kept, "flash") / (1 - hits)
      #expect(abs(Self.bytes(kept, "pcie") / used - 1) < 1e-9)
    }
    #expect(Self.bytes(kept, "pcie") > Self.bytes(near, "pcie"))
    #expect(try #require(kept.metric("memory.ddr.peak")) > 0)
    #expect(
      try #require(kept.metric("memory.hbm.peak")) < (try #require(near.metric("memory.hbm.peak"))))
    for resource in kept.resources { #expect(resource.utilisation <= 1.000001) }
  }

  @Test(arguments: [
    (["cache.resident.tier=ddr"], "what lies in ddr is kept in hbm"),
    (["cache.tier=flash", "cache.resident.tier=l2"], "what lies in flash is kept in hbm or ddr"),
    (["cache.tier=flash", "cache.on-miss=host"], "the host computes in its memory, not in flash"),
  ])
  func placesThatCannotBe(_ settings: [String], _ sentence: String) {
    let lines = ScenarioSample.lines(ScenarioSample.pages, settings: settings)
    #expect(lines.count == 1 && lines[0].contains(sentence), "\(lines)")
    #expect(lines.allSatisfy { $0.hasPrefix("--set cache.") })
  }
}
