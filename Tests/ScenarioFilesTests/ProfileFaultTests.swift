import Testing

@testable import ScenarioFiles

/// One broken profile for each kind of fault, with the line that a user sees.
@Suite struct ProfileFaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var line: String
    var testDescription: String { new }
    init(_ old: String, _ new: String, _ line: String) {
      self.old = old
      self.new = new
      self.line = line
    }
  }

  static let cases = [
    Case("schema: 1", "schema: 2", ""),
    Case("schema: 1\n", "", ""),
    Case("name: sample", "name: simple", ""),
    Case("class: datacentre-gpu", "class: datacenter-gpu", ""),
    Case("title: A", "tilte: A", ""),
    Case("source: vendor\n    cores", "source: vendro\n    cores", ""),
    Case("  launch: {value: 2.5 us, source: bench, basis: measured}", "  launch: {value: 2.5 us, basis: guess}", ""),
    Case("    source: vendor\n    cores: 108", "    cores: 108", ""),
    Case("  bench: \"Own run, 2026\"", "  bench: \"Own run, 2026\"\n  other: \"Another page, 2026\"", ""),
    Case("  bench: \"Own run, 2026\"", "  bench: \"Own run, 2026\"\n  parts: \"A page\"", ""),
    Case("memory: hbm", "memory: hbn", ""),
    Case("far: flash", "far: flesh", ""),
    Case("near: hbm", "near: flash", ""),
    Case("bandwidth: 2 TB/s", "bandwidth: 2 TB", ""),
    Case("bandwidth: 2 TB/s", "bandwidth: 0 TB/s", ""),
    Case("bandwidth: 2 TB/s", "bandwidth: -2 TB/s", ""),
    Case("bandwidth: 2 TB/s", "bandwidth: nan TB/s", ""),
    Case("capacity: 80 GiB", "capacity: 8e30 GiB", ""),
    Case("capacity: 80 GiB", "capacity: 80", ""),
    Case("    capacity: 80 GiB\n", "", ""),
    Case("cores: 108", "cores: 0", ""),
    Case("cores: 108", "cores: 99999999999999999999", ""),
    Case("clock: 1.41 GHz", "clock: [1.41 GHz]", ""),
    Case("[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 GB, 0.5], [1 MB, 0.9]]", ""),
    Case("[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB, 0], [1 GB, 0.9]]", ""),
    Case("[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB, 0.5], [1 GB, 1.2]]", ""),
    Case("[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB], [1 GB, 0.9]]", ""),
    Case("[[1 MB, 0.5], [1 GB, 0.9]]", "[]", ""),
    Case("bandwidth-share: 0.88", "bandwidth-share: 88", ""),
    Case("gemv/cublas-bf16:", "gemv:", ""),
    Case("chunk: 64 KiB, depth: 1", "chunk: 4 KiB, depth: 1", ""),
    Case("chunk: 64 KiB, depth: 1", "chunk: 64 KiB, depth: 0", ""),
    Case("value: 1 GB/s, source: vendor", "value: 4 GB/s, source: vendor", ""),
    Case("kind: storage", "kind: memory", ""),
    Case("kind: memory", "kind: storage", ""),
    Case("kind: memory", "kind: memories", ""),
    Case("2:4\": 624", "2:4\": 300", ""),
    Case("dense: 312 TFLOP/s, ", "", ""),
    Case("bf16: {", "bf17: {", ""),
    Case("  gpu:", "  tpu:", ""),
    Case("duplex: full, ", "", ""),
    Case("duplex: full", "duplex: both", ""),
    Case("idle: 50 W", "idle: 500 W", ""),
    Case("rent: 3.6 USD/h, ", "", ""),
    Case("class: datacentre-gpu", "class: datacentre-gpu\nparts: [absent]", ""),
    Case("class: datacentre-gpu", "class: datacentre-gpu\nparts: [sample]", ""),
    Case("power: {idle", "power: &p {idle", ""),
    Case("power: {idle", "power: {idle: 4 W, idle", ""),
  ]

  @Test(arguments: cases)
  func oneLine(_ broken: Case) throws {
    let text = try #require(ProfileSample.text(broken.old, broken.new), "\(broken.old)")
    #expect(ProfileSample.lines(text) == [broken.line])
  }
}
