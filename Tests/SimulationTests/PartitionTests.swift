import Diagnostics
import Policies
import Quantities
import Simulation
import Testing

@Suite("Steps that are cut over devices")
struct PartitionTests {
  @Test(
    "in a ring of runs the last device is nearly twice as busy as the mean", arguments: [2, 4, 32])
  func contiguous(devices: Int) {
    let context = PartitionPolicy.Context(scheme: .ring, layout: .contiguous, block: 64)
    let load = RankLoad(devices: devices, context: context, tokens: 65_536)
    // The first step has half a square for each device; each other one a whole one for some.
    let n = Double(devices)
    #expect(abs(load.imbalance(nil) - (2 * n - 1) / n) < 1e-12)
  }

  @Test("runs with their mirror images are even over the causal half", arguments: [2, 4, 32])
  func zigzag(devices: Int) {
    let context = PartitionPolicy.Context(scheme: .ring, layout: .zigzag, block: 64)
    let load = RankLoad(devices: devices, context: context, tokens: 65_536)
    #expect(abs(load.imbalance(nil) - 1) < 1e-12)
  }

  @Test("diagonals are even over stripes, and not over runs with mirror images")
  func diagonals() {
    let form = PromptSelection.Form.stripes(
      [.init(verticals: 0, slashes: 4096, heads: 1)], block: 64, run: 64)
    func imbalance(_ layout: PartitionPolicy.Layout) -> Double {
      let context = PartitionPolicy.Context(scheme: .ring, layout: layout, block: 64)
      return RankLoad(devices: 16, context: context, tokens: 262_144).imbalance(form)
    }
    #expect(imbalance(.striped) < 1.05)
    #expect(imbalance(.zigzag) > 1.2)
  }

  private static let ring = """
    partition:
      levels: [{link: nvlink, devices: 8}, {link: network, devices: 4}]
      context: {scheme: SCHEME}
    """

  private func report(_ scheme: String, _ settings: String...) throws -> Report {
    try PromptSample.simulator(
      Self.ring.replacing("SCHEME", with: scheme), hardware: "a100-40gb-x8-hdr",
      settings: ["workload.train.backward=false", "workload.train.optimiser=none"] + settings
    ).run(.both).report
  }

  /// 4,096 tokens over 32 devices, 4 layers, 256 numbers each of keys and values a token in bf16.
  @Test("a device of a ring sends the keys and values of all others")
  func ringBytes() throws {
    let bytes: Double = 31 * 128 * 512 * 2 * 4
    #expect(try report("ring").metric("communication.bytes") == bytes)
  }

  @Test("nested rings send as much, most of it within the node")
  func nestedBytes() throws {
    let report = try report("nested-ring")
    let block: Double = 128 * 512 * 2 * 4
    // Three times round the nodes, and seven steps within for each of the four.
    #expect(report.metric("communication.bytes") == (3 + 28) * block)
    let step = try #require(report.metric("training.step_time"))
    let flat = try #require(self.report("ring").metric("training.step_time"))
    #expect(step < flat)
  }

  @Test("all-to-all sends queries and results as well, but only a device's own")
  func allToAllBytes() throws {
    let bytes: Double = 31 * 4 * 2560 * 2 * 4
    let report = try report("all-to-all")
    #expect(try #require(report.metric("communication.bytes")) == bytes)
    #expect(report.metric("partition.ring_step_time") == nil)
  }

  private static let groups = """
    partition:
      levels: [{link: nvlink, devices: 8}, {link: network, devices: 8}]
      groups: {choose: CHOICE}
    """

  private func groups(_ choice: String) throws -> Report {
    try PromptSample.simulator(
      Self.groups.replacing("CHOICE", with: choice), hardware: "a100-40gb-x8-ib400",
      settings: [
        "workload.train.optimiser=adam", "workload.prompt=16777216", "workload.batch=64",
        "workload.lengths.median=4096 tokens", "workload.lengths.shape=1",
      ]
    ).run(.analytic).report
  }

  @Test("sequences on as few devices as hold them keep off the network")
  func fewest() throws {
    let (all, few) = (try groups("uniform"), try groups("fewest"))
    let sent = { (report: Report) in report.metric("communication.bytes") ?? 0 }
    #expect(sent(few) < 0.9 * sent(all))
    #expect(try #require(few.metric("partition.imbalance")) >= 1)
  }

  @Test("replicas that meet seldom exchange a density of their weights")
  func sync() throws {
    let text = """
      partition:
        replicas: {count: 4, link: network, every-steps: 100, density: 0.01, bits: 32}
      """
    let report = try PromptSample.simulator(
      text, hardware: "a100-40gb-x8-hdr", settings: ["workload.train.optimiser=sgd"]
    ).run(.both).report
    // Projections, feed-forward block and norms of four layers; the tied embedding and the last norm.
    let layer: Double = 2_621_440 + 12_582_912 + 2048
    let weights: Double = 4 * layer + 1_024_000 + 1024
    #expect(report.metric("communication.sync_bytes") == weights * 0.01 * 4)
  }

  @Test(
    "links that the machine lacks and cuts that contradict are faults",
    arguments: [
      "partition: {levels: [{link: moon, devices: 2}], context: {scheme: ring}}",
      "partition: {context: {scheme: ring}}",
      "partition: {levels: [{link: nvlink, devices: 2}], context: {scheme: ring}, groups: {choose: fewest}}",
      "partition: {levels: [{link: nvlink, devices: 65536}, {link: network, devices: 65536}], context: {scheme: ring}}",
      "partition: {replicas: {count: 2, link: network, sharded: true, every-steps: 5}}",
    ])
  func faults(text: String) {
    #expect(throws: Faults.self) {
      _ = try PromptSample.simulator(
        text, hardware: "a100-40gb-x8-hdr", settings: ["workload.train.optimiser=none"])
    }
  }
}
