import Models
import Programs
import Simulation
import Testing

/// A small network of convolutions by hand: 8 by 8 positions of three channels, fp32, two images.
@Suite struct ConvolutionTests {
  static let network = """
    {name: small, channels: 3, side: 8, convolutions: [{outputs: 16, kernel: 3, stride: 2}, \
    {depthwise: true, kernel: 3}, {outputs: 32}, {outputs: 10, pooled: true}]}
    """

  static func simulator(_ text: String = "") throws -> Simulator {
    try PromptSample.simulator(
      text, runtime: "host-threads", hardware: "snapdragon-855", model: network,
      settings: [
        "workload.prompt=1", "workload.generate=1", "precision.weights=fp32", "precision.kv=fp32",
      ])
  }

  static func operations(_ text: String = "") throws -> [Operation] {
    try simulator(text).preparation.program.blocks.flatMap(\.operations)
  }

  @Test func layersFollowEachOther() throws {
    let operations = try Self.operations()
    #expect(operations.map(\.name) == ["layer-0", "layer-1", "layer-2", "layer-3"])
    // Images x positions x weights x 2.
    let flops: [Double] = [2 * 16 * 16 * 27, 2 * 16 * 16 * 9, 2 * 16 * 32 * 16, 2 * 10 * 32]
    #expect(operations.map(\.flops.base) == flops.map { 2 * $0 })
    let weights: [Double] = [16 * 27, 16 * 9, 32 * 16, 320]
    #expect(operations.map { $0.traffic[0].bytes.base } == weights.map { 4 * $0 })
    // What comes in and what goes out stays in the cache.
    let numbers: [Double] = [3 * 64 + 16 * 16, 2 * 16 * 16, 16 * 16 + 32 * 16, 32 + 10]
    #expect(operations.map { $0.traffic[1].bytes.base } == numbers.map { 2 * 4 * $0 })
  }

  @Test func onlyChannelsAreMixedSparsely() throws {
    let form = "{pattern: unstructured, keep: 0.5, index-bits: 0, skips: true}"
    let text = "weights: {ffn: {form: \(form)}}"
    let (sparse, dense) = (try Self.operations(text), try Self.operations())
    let shares = zip(sparse, dense).map { $0.flops.base / $1.flops.base }
    #expect(shares == [1, 1, 0.5, 0.5])
  }

  @Test func anImageTakesAsLongInBothPhases() throws {
    let report = try Self.simulator().run(.analytic).report
    let (first, step) = (try #require(report.metric("ttft")), try #require(report.metric("tpot")))
    #expect(first > 0 && abs(first / step - 1) < 1e-9)
  }
}
