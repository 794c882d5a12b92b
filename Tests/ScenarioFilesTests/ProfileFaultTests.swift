import Testing

@testable import ScenarioFiles

/// One broken profile for each kind of fault, with the lines that a user sees.
@Suite struct ProfileFaultTests {
  func check(_ broken: BrokenSample) throws {
    let text = try #require(ProfileSample.text(broken.old, broken.new))
    #expect(ProfileSample.lines(text) == broken.lines.map { "sample.yaml:\($0)" })
  }

  /// The head of the file.
  @Test(arguments: [
    BrokenSample(
      "schema: 1", "schema: 2",
      "1:9: error: schema is '2'; expected 1, the only version that this build reads"),
    BrokenSample(
      "schema: 1\n", "",
      "1: error: missing key 'schema'; expected schema: 1"),
    BrokenSample(
      "name: sample", "name: simple",
      "2:7: error: name is 'simple'; it must equal the name of the file, 'sample'"),
    BrokenSample(
      "class: datacentre-gpu", "class: datacenter-gpu",
      "4:8: error: class: there is no class 'datacenter-gpu'; did you mean 'datacentre-gpu'?"),
    BrokenSample(
      "title: A", "tilte: A",
      "1: error: missing key 'title'; expected the device's full name",
      "3:1: error: unknown key 'tilte'; known keys are schema, name, title, aliases, "
        + "class, sources, compute, tiers, links, kernels, power, price, …"),
    BrokenSample(
      "title: A sample device", "title: [A, device]",
      "3:8: error: title is 'a list'; expected text"),
    BrokenSample(
      "title: A sample device", "title: \"A sample device",
      "6:12: error: not valid YAML: did not find expected key; mend the syntax"),
    BrokenSample(
      "power: {idle", "power: &p {idle",
      "39:8: error: not valid YAML for this file: an anchor or alias (&name, *name); write the "
        + "value out, or quote the text"),
    BrokenSample(
      "rent: 3.6 USD/h, ", "rent: *rent, ",
      "40:15: error: not valid YAML for this file: an anchor or alias (&name, *name); write "
        + "the value out, or quote the text"),
    BrokenSample(
      "power: {idle", "power: {idle: 4 W, idle",
      "39:9: error: key 'idle' appears twice; remove one"),
    BrokenSample(
      "compute:\n", "compute: fast\nrest:\n",
      "8:10: error: compute is 'fast'; expected a map of keys",
      "9:1: error: unknown key 'rest'; known keys are schema, name, title, aliases, "
        + "class, sources, compute, tiers, links, kernels, power, price, …"),
  ])
  func schemaAndNames(_ broken: BrokenSample) throws { try check(broken) }

  /// Sources and bases.
  @Test(arguments: [
    BrokenSample(
      "source: vendor\n    cores", "source: vendro\n    cores",
      "11:13: error: compute.gpu.source: there is no source 'vendro'; did you mean 'vendor'?"),
    BrokenSample(
      "source: bench, basis: measured}\n    energy", "basis: guess}\n    energy",
      "16:36: error: compute.gpu.launch.basis: there is no basis 'guess'; known are datasheet, "
        + "measured, derived, inherited, recalled"),
    BrokenSample(
      "source: vendor\n    capacity: 80 GiB", "capacity: 80 GiB",
      "21:15: error: missing key 'tiers.hbm.capacity.source'; expected a key of 'sources' here "
        + "or on its group",
      "22:16: error: missing key 'tiers.hbm.bandwidth.source'; expected a key of 'sources' "
        + "here or on its group"),
    BrokenSample(
      "  bench: \"Own run, 2026\"", "  bench: \"Own run, 2026\"\n  other: \"Another page, 2026\"",
      "8:10: error: sources.other is 'Another page, 2026'; no figure names this source; name "
        + "it or remove it"),
    BrokenSample(
      "  bench: \"Own run, 2026\"", "  bench: \"Own run, 2026\"\n  parts: \"A page, 2026\"",
      "8:10: error: sources.parts is 'A page, 2026'; 'parts' stands for sums over parts; "
        + "choose another key"),
    BrokenSample(
      "  bench: \"Own run, 2026\"", "  bench: \"Own run, 2026\"\n  empty: \"\"",
      "8:10: error: sources.empty is ''; write title, address and date"),
  ])
  func sources(_ broken: BrokenSample) throws { try check(broken) }

  /// Names of tiers and units.
  @Test(arguments: [
    BrokenSample(
      "memory: hbm", "memory: hbn",
      "10:13: error: compute.gpu.memory: there is no tier 'hbn'; did you mean 'hbm'?"),
    BrokenSample(
      "far: flash", "far: flesh",
      "36:18: error: links.storage.far: there is no tier 'flesh'; did you mean 'flash'?"),
    BrokenSample(
      "near: hbm", "near: flash",
      "36:12: error: links.storage.near is 'flash'; a link joins two different tiers"),
    BrokenSample(
      "  gpu:", "  tpu:",
      "10:5: error: compute: there is no compute unit 'tpu'; did you mean 'cpu'?"),
    BrokenSample(
      "bf16: {dense", "bf17: {dense",
      "15:7: error: unknown key 'compute.gpu.peaks.bf17'; did you mean "
        + "'compute.gpu.peaks.bf16'?"),
    BrokenSample(
      "gemv/cublas-bf16:", "gemv:",
      "38:9: error: kernels is 'gemv'; write family/kernel, as gemv/cublas-bf16"),
  ])
  func references(_ broken: BrokenSample) throws { try check(broken) }

  /// Amounts that are none, or cannot be.
  @Test(arguments: [
    BrokenSample(
      "bandwidth: 2 TB/s", "bandwidth: 2 TB",
      "23:16: error: tiers.hbm.bandwidth '2 TB' is not a quantity; expected a number and one "
        + "of B/s, kB/s, KiB/s, MB/s, MiB/s, GB/s, GiB/s, TB/s"),
    BrokenSample(
      "bandwidth: 2 TB/s", "bandwidth: 0 TB/s",
      "23:16: error: tiers.hbm.bandwidth is '0 TB/s'; expected between 1 kB/s and 1000 TB/s"),
    BrokenSample(
      "bandwidth: 2 TB/s", "bandwidth: -2 TB/s",
      "23:16: error: tiers.hbm.bandwidth is '-2 TB/s'; expected between 1 kB/s and 1000 TB/s"),
    BrokenSample(
      "bandwidth: 2 TB/s", "bandwidth: nan TB/s",
      "23:16: error: tiers.hbm.bandwidth 'nan TB/s' is not a quantity; expected a number and "
        + "one of B/s, kB/s, KiB/s, MB/s, MiB/s, GB/s, GiB/s, TB/s"),
    BrokenSample(
      "capacity: 80 GiB", "capacity: 8e30 GiB",
      "22:15: error: tiers.hbm.capacity is '8e30 GiB'; expected between 1 B and 1000000 TB"),
    BrokenSample(
      "capacity: 80 GiB", "capacity: 80",
      "22:15: error: tiers.hbm.capacity '80' is not a quantity; expected a number and one of "
        + "B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"),
    BrokenSample(
      "    capacity: 80 GiB\n", "",
      "20:5: error: missing key 'tiers.hbm.capacity'; expected an amount with its unit and a "
        + "source"),
    BrokenSample(
      "cores: 108", "cores: 0",
      "12:12: error: compute.gpu.cores is '0'; expected a whole number between 1 and 10000000"),
    BrokenSample(
      "cores: 108", "cores: 99999999999999999999",
      "12:12: error: compute.gpu.cores is '99999999999999999999'; expected a whole number "
        + "between 1 and 10000000"),
    BrokenSample(
      "clock: 1.41 GHz", "clock: [1.41 GHz]",
      "13:12: error: compute.gpu.clock is 'a list'; expected a number with a unit, one of /s, "
        + "Hz, k/s, kHz, M/s, MHz, G/s, GHz"),
    BrokenSample(
      "launch: {value: 2.5 us, ", "launch: {",
      "16:13: error: missing key 'compute.gpu.launch.value'; expected the figure itself"),
    BrokenSample(
      "sources:\n", "parts: sample\nsources:\n",
      "5:8: error: parts is 'sample'; expected a list of profile names"),
    BrokenSample(
      "2:4\": 624", "2:4\": 300",
      "15:13: error: compute.gpu.peaks.bf16.2:4 is '300 TFLOP/s'; it cannot be below the dense "
        + "rate 312 TFLOP/s"),
    BrokenSample(
      "dense: 312 TFLOP/s, ", "",
      "15:13: error: missing key 'compute.gpu.peaks.bf16.dense'; expected a rate such as 312 "
        + "TFLOP/s"),
    BrokenSample(
      "idle: 50 W", "idle: 500 W",
      "39:8: error: power.idle is '500 W'; it cannot exceed the limit 400 W"),
    BrokenSample(
      "rent: 3.6 USD/h, ", "",
      "40:8: error: missing key 'price.purchase'; expected 'purchase', 'rent' or both"),
    BrokenSample(
      "bandwidth-share: 0.88", "bandwidth-share: 88",
      "38:52: error: kernels.gemv/cublas-bf16.bandwidth-share is '88'; expected a share of the "
        + "peak, over 0 and at most 1"),
    BrokenSample(
      "duplex: full, ", "",
      "36:12: error: missing key 'links.storage.duplex'; expected full or half"),
    BrokenSample(
      "duplex: full", "duplex: both",
      "36:44: error: links.storage.duplex: there is no duplex 'both'; known are full, half"),
  ])
  func amounts(_ broken: BrokenSample) throws { try check(broken) }

  /// Curves and read tables.
  @Test(arguments: [
    BrokenSample(
      "[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 GB, 0.5], [1 MB, 0.9]]",
      "24:73: error: tiers.hbm.efficiency.points[1][0] is '1 MB'; sort the points by rising "
        + "size, each size once"),
    BrokenSample(
      "[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB, 0], [1 GB, 0.9]]",
      "24:66: error: tiers.hbm.efficiency.points[0][1] is '0'; expected a share of the peak, "
        + "over 0 and at most 1"),
    BrokenSample(
      "[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB, 0.5], [1 GB, 1.2]]",
      "24:79: error: tiers.hbm.efficiency.points[1][1] is '1.2'; expected a share of the peak, "
        + "over 0 and at most 1"),
    BrokenSample(
      "[[1 MB, 0.5], [1 GB, 0.9]]", "[[1 MB], [1 GB, 0.9]]",
      "24:59: error: tiers.hbm.efficiency.points[0] is 'a list of 1'; expected a pair [size, "
        + "share]"),
    BrokenSample(
      "[[1 MB, 0.5], [1 GB, 0.9]]", "[]",
      "24:58: error: tiers.hbm.efficiency.points is 'an empty list'; expected points"),
    BrokenSample(
      "chunk: 64 KiB, depth: 1", "chunk: 4 KiB, depth: 1",
      "34:11: error: tiers.flash.reads.points[1] is 'depth 1, chunk 4.096 kB'; this pair is in "
        + "the table already; remove one"),
    BrokenSample(
      "chunk: 64 KiB, depth: 1", "chunk: 64 KiB, depth: 0",
      "34:34: error: tiers.flash.reads.points[1].depth is '0'; expected a whole number between "
        + "1 and 65536"),
    BrokenSample(
      "value: 1 GB/s, source: vendor", "value: 4 GB/s, source: vendor",
      "34:11: error: tiers.flash.reads.points[1].throughput is '4 GB/s'; it cannot exceed the "
        + "tier's bandwidth 3 GB/s"),
    BrokenSample(
      "kind: storage", "kind: memory",
      "32:7: error: tiers.flash.reads is 'memory'; a read table belongs to storage; give "
        + "'efficiency' instead"),
    BrokenSample(
      "kind: memory", "kind: storage",
      "20:5: error: missing key 'tiers.hbm.reads'; expected a read table: storage has no other "
        + "rate"),
    BrokenSample(
      "kind: memory", "kind: memories",
      "20:11: error: tiers.hbm.kind: there is no kind of tier 'memories'; known are cache, "
        + "memory, storage"),
  ])
  func tables(_ broken: BrokenSample) throws { try check(broken) }
}
