import TestSupport
import Testing

@testable import ScenarioFiles

/// What a user sees of a wrong step of training, partition or kernel: one line, with key and mend.
@Suite struct TrainingFaultTests {
  static let training = """
    schema: 1
    hardware: a100-40gb-x8-hdr
    runtime: pytorch-flash
    model:
      {hidden: 1024, layers: 4, vocabulary: 1000, tied: true, heads: 8, gated: true,
       activation: silu, ffn: 4096}
    precision: {weights: bf16, kv: bf16}
    workload:
      prompt: 4096
      batch: 2
      lengths: {median: 512 tokens, shape: 1.5}
      train:
        optimiser: sgd
        adapters: {rank: 8, targets: [q, v]}
        recompute: layers
        loss-chunk: 512 tokens
        outputs: fp32
        kept-ffn: 0.5
    partition:
      levels: [{link: nvlink, devices: 8}, {link: network, devices: 4}]
      context: {scheme: ring, layout: striped, block: 64 tokens}
      replicas: {count: 4, link: network, every-steps: 10, density: 0.01, bits: 32}
      pipeline: {stages: 2, link: network, width: 0.5}

    """

  static let product = """
    schema: 1
    hardware: intel-piuma-block
    runtime: accelerator-threads
    model: {recording: product, layers: 1, hidden: 1}
    precision: {weights: fp32, kv: fp32}
    workload: {sparse-product: {rows: 256, nonzeros: 2048, law: uniform, threads: 16, fill: 0.5}}

    """

  static let branches = product.replacing(
    "{sparse-product: {rows: 256, nonzeros: 2048, law: uniform, threads: 16, fill: 0.5}}",
    with: "{branches: {predictor: tage, rows: 64, nonzeros: 512, side-table: 2 KiB, penalty: 15}}")

  @Test func theSamplesAreFine() {
    for text in [Self.training, Self.product, Self.branches] {
      #expect(ScenarioSample.lines(text) == [])
    }
  }

  @Test(arguments: [
    ("optimiser: sgd", "optimiser: lion", "workload.train.optimiser"),
    ("optimiser: sgd", "optimizer: sgd", "unknown key 'workload.train.optimizer'"),
    ("rank: 8", "rank: 0", "workload.train.adapters.rank is '0'"),
    ("[q, v]", "q", "workload.train.adapters.targets"),
    ("[q, v]", "[queries]", "'queries'"),
    ("recompute: layers", "recompute: heads", "workload.train.recompute"),
    ("loss-chunk: 512 tokens", "loss-chunk: 512", "'512' is not a quantity"),
    ("kept-ffn: 0.5", "kept-ffn: 1.5", "workload.train.kept-ffn is '1.5'"),
    ("kept-ffn: 0.5", "kept-ffn: nan", "workload.train.kept-ffn"),
    ("kept-ffn: 0.5", "offload: {tier: node, share: 2}", "workload.train.offload.share is '2'"),
    ("kept-ffn: 0.5", "offload: {tier: moon}", "'moon'"),
    ("median: 512 tokens", "median: 0 tokens", "workload.lengths.median"),
    ("shape: 1.5", "shape: 0", "workload.lengths.shape is '0'"),
    ("devices: 8}", "devices: 99999}", "partition.levels[0].devices is '99999'"),
    ("devices: 4}", "devices: 65536}, {link: network, devices: 65536}", "at most 1024 devices"),
    ("link: nvlink, devices", "link: nvlnk, devices", "'nvlnk'"),
    ("scheme: ring", "scheme: star", "partition.context.scheme"),
    ("layout: striped", "layout: stripes", "partition.context.layout"),
    ("every-steps: 10", "every-steps: 10, sharded: true", "partition.replicas.every-steps"),
    ("density: 0.01", "density: 0", "partition.replicas.density is '0'"),
    ("stages: 2", "stages: 0", "partition.pipeline.stages is '0'"),
    ("width: 0.5", "width: 2", "partition.pipeline.width is '2'"),
    ("pipeline: {", "groups: {choose: fewest}\n  pipeline: {", "given with context"),
    ("batch: 2", "batch: 2\n  branches: {predictor: tage, rows: 2, nonzeros: 2}", "workload"),
  ])
  func trainingFaults(sound: String, broken: String, says: String) {
    Self.check(Self.training, sound, broken, says)
  }

  @Test(arguments: [
    ("rows: 256", "rows: 0", "workload.sparse-product.rows is '0'"),
    ("rows: 256", "rows: 99999999999999999999", "workload.sparse-product.rows"),
    ("nonzeros: 2048", "nonzeros: -1", "workload.sparse-product.nonzeros is '-1'"),
    ("law: uniform", "law: normal", "workload.sparse-product.law"),
    ("threads: 16", "thread: 16", "unknown key 'workload.sparse-product.thread'"),
    ("fill: 0.5", "fill: 1", "workload.sparse-product.fill is '1'"),
    ("fill: 0.5", "value: 8", "'8' is not a quantity"),
    ("hardware: intel-piuma-block", "hardware: desktop-ddr5", "a memory linked to"),
  ])
  func productFaults(sound: String, broken: String, says: String) {
    Self.check(Self.product, sound, broken, says)
  }

  @Test(arguments: [
    ("predictor: tage", "predictor: oracle", "workload.branches.predictor"),
    ("side-table: 2 KiB", "side-table: -1 B", "workload.branches.side-table"),
    ("penalty: 15", "penalty: 1.5", "workload.branches.penalty"),
  ])
  func branchFaults(sound: String, broken: String, says: String) {
    Self.check(Self.branches, sound, broken, says)
  }

  private static func check(_ text: String, _ sound: String, _ broken: String, _ says: String) {
    #expect(text.contains(sound))
    let lines = ScenarioSample.lines(text.replacing(sound, with: broken))
    #expect(lines.contains { $0.contains(says) }, "\(lines)")
  }
}
