import Models
import Policies
import Programs
import Simulation
import Testing

/// What pruned, sliced and wrapped weights come to, by hand; the model is that of `PromptSample`:
/// four layers of 1,024 by 4,096, eight heads and two KV heads of 128, bf16, two sequences.
@Suite struct WeightTests {
  static func decode(_ name: String, _ text: String) throws -> Operation {
    let blocks = try PromptSample.simulator(text).preparation.program.blocks
    return try #require(blocks.flatMap(\.operations).first { $0.name == name })
  }

  static func bytes(_ name: String, _ text: String) throws -> Double {
    try decode(name, text).traffic.reduce(0) { $0 + $1.bytes.base }
  }

  static let twoFour = "weights: {form: {pattern: n-of-m, n: 2, m: 4}}"

  struct Stored: Sendable {
    var form: WeightForm
    /// Bits of a value where the form states none, and of a weight in the mean.
    var value: Double
    var bits: Double
    init(_ form: WeightForm, _ value: Double, _ bits: Double) {
      self.form = form
      self.value = value
      self.bits = bits
    }
  }

  static let group = WeightForm(
    pattern: .groups(kept: 0.5), bits: 4, group: 16, scale: 16, zero: 4, index: 16,
    indexScope: .group)
  static let mask = WeightForm(
    pattern: .unstructured(kept: 0.25), index: 1, indexScope: .weight)

  @Test(arguments: [
    Stored(WeightForm(pattern: .nOfM(n: 2, m: 4), index: 2), 16, 9),
    Stored(WeightForm(pattern: .nOfM(n: 1, m: 8), index: 3), 16, 2.375),
    Stored(group, 16, 3.125), Stored(mask, 8, 3),
    Stored(WeightForm(pattern: .unstructured(kept: 0.125), index: 16), 32, 6),
    Stored(WeightForm(bits: 2, group: 64, scale: 16), 16, 2.25), Stored(WeightForm(), 16, 16),
  ])
  func bitsOfAWeight(_ stored: Stored) {
    #expect(stored.form.bitsOfWeight(value: stored.value) == stored.bits)
  }

  @Test func twoFourReadsNineBitsAWeight() throws {
    // Queries, keys and values: 1,536 by 1,024.
    #expect(try Self.bytes("attention.input", Self.twoFour) == 1536 * 1024 * 9 / 8)
    #expect(try Self.bytes("ffn.down", Self.twoFour) == 4096 * 1024 * 9 / 8)
    // Embeddings and head stay whole.
    let head: Double = 1000 * 1024 + 1024
    #expect(try Self.bytes("head", Self.twoFour) == head * 2)
    let whole = "weights: {embeddings: {form: {pattern: dense, bits: 8}}}"
    #expect(try Self.bytes("head", whole) == head)
  }

  @Test func arithmeticFollowsTheKernel() throws {
    let flops: Double = 2 * 2 * 4096 * 1024
    // Dense and sparse arithmetic of the profile.
    let share: Double = 989 / 1979
    #expect(try Self.decode("ffn.down", Self.twoFour).flops.base == flops * share)
    let masked = "weights: {form: {pattern: unstructured, keep: 0.25}}"
    #expect(try Self.decode("ffn.down", masked).flops.base == flops)
    let skipped = "weights: {form: {pattern: unstructured, keep: 0.25, skips: true}}"
    #expect(try Self.decode("ffn.down", skipped).flops.base == flops / 4)
    let prompt = try #require(try PromptSample.operation("prompt.ffn", skipped))
    #expect(prompt.flops.base == 2 * 2 * 2048 * 3 * 4096 * 1024 / 4)
  }

  @Test func wrappingAddsTwoSmallProductsAMatrix() throws {
    let text = "weights: {form: {pattern: n-of-m, n: 2, m: 4, wrap: 128 elements}}"
    let wrap = try Self.decode("attention.input.wrap", text)
    // Inputs and outputs of queries, keys and values.
    let width: Double = 2048 + 1280 + 1280
    #expect(wrap.launches.base == 6)
    #expect(wrap.flops.base == 2 * 2 * 128 * width)
    // Blocks in two bytes a number; two tokens read and written.
    #expect(wrap.traffic.map(\.bytes.base) == [2 * 128 * width + 2 * 2 * 2 * width])
    let report = try PromptSample.simulator(text).run(.analytic).report
    let output: Double = 2048
    let ffn: Double = 3 * 5120
    let wrapped = 4 * 128 * (width + output + ffn)
    let kept: Double = 4 * (2_621_440 + 12_582_912) / 2 + 4 * 2048
    #expect(report.metric("weights.layer_parameters") == kept + wrapped)
    #expect(
      report.metric("weights.layer_bytes") == (kept - 8192) / 4 * 9 + 2 * (8192 + wrapped))
  }

  @Test func aSliceNarrowsWhatMeetsTheResidualStream() throws {
    let text = "weights: {slice: {share: 0.25}}"
    #expect(try Self.bytes("attention.input", text) == 1536 * 768 * 2)
    #expect(try Self.bytes("ffn.up", text) == 2 * 4096 * 768 * 2)
    #expect(try Self.bytes("product.shortcut_ffn", text) == 768 * 768 * 2)
    let model = try PromptSample.simulator(text).preparation.setting.model
    let same = try PromptSample.simulator("").preparation.setting.model
    #expect(model.kvBytesPerToken(.bf16) == same.kvBytesPerToken(.bf16))
    let plain = "weights: {slice: {share: 0.25, shortcuts: false}}"
    #expect(try PromptSample.simulator(plain).preparation.setting.model.layer(0).products.isEmpty)
  }

  @Test(arguments: [(0.3, 1, 717), (0.3, 8, 720), (0.25, 1, 768), (0.0, 8, 1024), (0.99, 64, 64)])
  func widthsAreRounded(share: Double, round: Int, width: Int) {
    #expect(WeightsPolicy.Slice(share: share, round: round).width(of: 1024) == width)
  }

  @Test func layersKeepTheirNeurons() throws {
    let text = "weights: {ffn: {keep: [{layers: 0-1, keep: 0.3}], round: 128 elements}}"
    let model = try PromptSample.simulator(text).preparation.setting.model
    let widths = (0..<4).map { index -> Int in
      guard case .dense(let block) = model.layer(index).feedForward else { return 0 }
      return block.intermediate
    }
    // 1,228.8 to the nearest multiple of 128.
    #expect(widths == [1280, 1280, 4096, 4096])
  }

  @Test func aGateChoosesForAllSequences() throws {
    let text = "neurons: {select: gate, keep: 0.25}"
    let matrix: Double = 4096 * 1024 * 2
    #expect(try Self.bytes("neurons.gate", text) == matrix)
    // Two sequences: 1 - 0.75 x 0.75 of the rows.
    #expect(try Self.bytes("neurons.up", text) == 0.4375 * matrix)
    #expect(try Self.bytes("neurons.down", text) == 0.4375 * matrix)
    let stated = "neurons: {select: stated, keep: 0.25}"
    #expect(try Self.bytes("neurons.up", stated) == 2 * 0.4375 * matrix)
    let report = try PromptSample.simulator(text).run(.analytic).report
    let layer: Double = 2_621_440 + 4096 * 1024 * 1.5 + 2048
    #expect(report.metric("weights.active_parameters") == 4 * layer + 1_025_024)
    // A prompt needs them all.
    let prompt = try #require(try PromptSample.operation("prompt.ffn", text))
    #expect(prompt.flops.base == 2 * 2 * 2048 * 3 * 4096 * 1024)
  }

  @Test func devicesInTurnHoldMore() throws {
    // 217 GB of weights; one device has 141.
    let large = PromptSample.transformer.replacing("layers: 4", with: "layers: 2048")
      .replacing("ffn: 4096", with: "ffn: 16384")
    #expect(throws: (any Error).self) { try PromptSample.simulator("", model: large) }
    _ = try PromptSample.simulator("weights: {devices: 2}", model: large)
  }

  @Test func bytesOfAStepAreCounted() throws {
    let report = try PromptSample.simulator(Self.twoFour).run(.analytic).report
    let layers: Double = 4 * (2_621_440 + 12_582_912) * 9 / 8
    let read = try #require(report.metric("weights.bytes_per_token"))
    #expect(abs(read - (layers + 2 * 1_025_024) / 2) < 1)
    let stored = try #require(report.metric("weights.bytes"))
    #expect(abs(stored - (layers + 4 * 2048 * 2 + 2 * 1_025_024)) < 1)
  }
}
