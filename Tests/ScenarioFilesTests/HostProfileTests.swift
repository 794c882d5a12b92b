import Foundation
import Hardware
import Quantities
import TestSupport
import Testing

@testable import ScenarioFiles

/// A profile as `calibrate host` writes it: what is written is read back, figure by figure.
@Suite struct HostProfileTests {
  private static func timed<Value>(_ value: Value, _ spread: Double? = nil) -> Figure<Value> {
    Figure(value, source: "timed", basis: .measured, spread: spread)
  }
  private static func stated<Value>(_ value: Value) -> Figure<Value> {
    Figure(value, source: "system", basis: .datasheet)
  }
  private static func curve(_ sizes: [Double], _ shares: [Double]) -> Figure<Curve> {
    timed(Curve(sizes: sizes, values: shares))
  }

  static let host = Profile(
    name: "attic", title: "A \"quoted\" processor \\ 2 cores", deviceClass: .server,
    computeUnits: [
      ComputeUnit(
        name: "cpu", memory: "dram", cores: stated(2), clock: stated(PerSecond(2.4454e9)),
        peaks: [
          Peak(precision: .fp32, density: .dense, rate: timed(FlopsPerSecond(215.5e9), 0.01))
        ], launch: timed(Seconds(5.25e-6), 0.4), coreBandwidth: timed(BytesPerSecond(28.4e9), 0.02))
    ],
    tiers: [
      Tier(
        name: "l1", kind: .cache, capacity: stated(Bytes(32768)),
        bandwidth: timed(BytesPerSecond(400e9)), coreBandwidth: timed(BytesPerSecond(200e9), 0),
        latency: timed(Seconds(1.5e-9), 0.03), granularity: timed(Bytes(64)),
        efficiency: curve([4096, 32768], [1, 0.97]), gather: curve([64, 4096], [0.25, 1])),
      Tier(
        name: "dram", kind: .memory, capacity: stated(Bytes(25_276_514_304)),
        bandwidth: timed(BytesPerSecond(31e9), 0.05),
        coreBandwidth: timed(BytesPerSecond(28.4e9), 0.02),
        efficiency: curve([67_108_864], [1])),
      Tier(
        name: "flash", kind: .storage, capacity: stated(Bytes(270e9)),
        bandwidth: timed(BytesPerSecond(1.5e9), 0.2),
        reads: ReadTable([
          ReadTable.Point(
            chunk: Bytes(4096), depth: 1, throughput: timed(BytesPerSecond(34.5e6), 0.1)),
          ReadTable.Point(
            chunk: Bytes(65536), depth: 16, throughput: timed(BytesPerSecond(1.5e9), 0.2)),
        ]),
        service: ReadService(
          latency: timed(Seconds(85e-6)), media: timed(BytesPerSecond(2.5e9)),
          host: timed(Seconds(3.25e-6)), bandwidth: timed(BytesPerSecond(1.25e9)),
          group: timed(Seconds(0)), overlap: timed(1.0625))),
    ],
    links: [
      Link(
        name: "storage", far: "flash", near: "dram", bandwidth: timed(BytesPerSecond(1.5e9), 0.2),
        duplex: .half)
    ],
    kernels: [
      KernelCoefficients(
        family: "gemv", kernel: "lacuna-int8", fixed: timed(Seconds(5.25e-6), 0.4),
        bandwidthShare: timed(0.625, 0.01), arithmeticShare: timed(0.25, 0.01))
    ], power: nil, price: nil,
    sources: ["timed": "own run, 2026-11-21", "system": "the operating system, 2026-11-21"])

  @Test func whatIsWrittenIsReadBack() throws {
    let text = HostProfileText.text(Self.host)
    let read = try ProfileFile.read(text: text, file: "attic.yaml")
    // Amounts are rounded in their units, so the texts are compared, and what they name.
    #expect(HostProfileText.text(read) == text)
    #expect(read.sources == Self.host.sources)
    #expect(read.tiers.map(\.name) == ["l1", "dram", "flash"])
    #expect(read.computeUnits[0].launch?.spread == 0.4)
    #expect(read.tiers[0].coreBandwidth?.spread == 0)
    #expect(read.tiers[0].gather?.value == Self.host.tiers[0].gather?.value)
    #expect(read.tiers[2].service?.host.value == Seconds(3.25e-6))
    #expect(read.tiers[2].service?.overlap?.value == 1.0625)
  }

  /// Lines of the written file that are broken by hand, and the fault of each.
  @Test(arguments: [
    ("spread: 0.4", "spread: -0.4", "spread"),
    ("spread: 0.4", "spread: nan", "spread"),
    ("spread: 0.4", "spread: wide", "spread"),
    ("spread: 0.4", "spraed: 0.4", "did you mean 'compute.cpu.launch.spread'?"),
    (
      "core-bandwidth: {value: 200 GB/s", "core-bandwidth: {value: 500 GB/s",
      "it cannot exceed the tier's bandwidth"
    ),
    ("core-bandwidth: {value: 200 GB/s", "core-bandwidth: {value: 200 GB", "is not a quantity"),
    ("[64 B, 0.25], [4096 B, 1]", "[64 B, 0.25], [4096 B, 1.5]", "a share of the peak"),
    ("[64 B, 0.25], [4096 B, 1]", "[4096 B, 1], [64 B, 0.25]", "sort the points"),
    ("kind: memory", "kind: storage", "reads"),
    ("overlap: {value: 1.0625", "overlap: {value: 0.5", "overlap"),
  ])
  func faults(_ old: String, _ new: String, _ words: String) throws {
    let text = HostProfileText.text(Self.host)
    let start = try #require(text.range(of: old))
    let lines = ProfileSample.lines(
      text.replacingCharacters(in: start, with: new), file: "attic.yaml")
    #expect(lines.contains { $0.contains(words) }, "\(lines)")
  }
}
