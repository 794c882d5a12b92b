import Costs
import Programs
import Testing

/// The forms of attention blocks against the formulas computed in Python beside the fits of
/// 2026-11-21.
struct AttentionBlockFormTests {
  @Test(arguments: blocks.indices)
  func blockEqualsReference(place: Int) throws {
    let (call, expected) = Self.blocks[place]
    let found = try Self.seconds(
      AttentionBlockForm.self, .attentionBlock(call), Self.blockValues)
    #expect(abs(found / expected - 1) < 1e-9)
  }

  @Test(arguments: parts.indices)
  func partEqualsReference(place: Int) throws {
    let (call, expected) = Self.parts[place]
    let found = try Self.seconds(AttentionPartForm.self, .attentionPart(call), Self.partValues)
    #expect(abs(found / expected - 1) < 1e-9)
  }

  /// The index goes over every entry, attention over the selected ones alone.
  @Test func selectionBoundsAttention() {
    func call(cached: Int) -> AttentionBlockCall {
      AttentionBlockCall(
        model: .deepSeekV32, batch: 1, tokens: 1, cached: cached, heads: 128, weights: .bf16,
        kv: .bf16, isDecode: true)
    }
    #expect(call(cached: 2048).attendedPairs == 2048)
    #expect(call(cached: 65_535).attendedPairs == 2048)
    #expect(call(cached: 65_535).pairs == 65_536)
    #expect(call(cached: 65_535).indexFlops == 2 * 65_536 * 64 * 128)
    #expect(call(cached: 65_535).attentionFlops == call(cached: 4095).attentionFlops)
  }

  /// A prompt of 4 tokens after 2046: they attend to 2047, 2048, 2048 and 2048 entries. The form
  /// counts the rising part without its steps of one.
  @Test func promptFillsTheSelectionAndStops() {
    let call = AttentionBlockCall(
      model: .glm5, batch: 3, tokens: 4, cached: 2046, heads: 8, weights: .bf16, kv: .bf16,
      isDecode: false)
    #expect(call.attendedPairs == 3 * (2 * 2046 + 2 + 2 * 2048))
    #expect(call.pairs == 3 * (4 * 2046 + 10))
  }

  private static func seconds(
    _ form: any CostForm.Type, _ call: KernelCall, _ values: [Double]
  ) throws -> Double {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    try #require(values.count == form.coefficients.count)
    return values.withUnsafeBufferPointer { values in
      values.baseAddress.map { form.seconds(call, on: device, $0) } ?? .nan
    }
  }

  private static let blockValues = [
    30.5, 0.71, 0.62, 1.3, 0.8, 0.42, 0.31, 0.45, 6, 0.52, 0.12, 0.55, 0.33, 0.61, 0.12, 0.31,
    0.37, 11, 12, 0.013, 2.1, 710, 1.4, 0.93, 7.5,
  ]
  private static let partValues = [3.9, 1.2, 0.9, 0.43, 0.55, 0.011, 2.2]

  static let blocks: [(AttentionBlockCall, Double)] = [
    (
      AttentionBlockCall(
        model: .deepSeekV3, batch: 1, tokens: 1, cached: 4095, heads: 16, weights: .bf16, kv: .fp8,
        isDecode: true), 5.4012576286538926e-05
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV3, batch: 8, tokens: 512, cached: 0, heads: 128, weights: .fp8, kv: .bf16,
        isDecode: false, expands: true), 0.0021207781366450636
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV3, batch: 64, tokens: 1, cached: 131071, heads: 1, weights: .bf16,
        kv: .bf16, isDecode: true), 0.003924155360542102
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV32, batch: 1, tokens: 64, cached: 65536, heads: 128, weights: .fp8,
        kv: .bf16, isDecode: false, isEager: true), 0.0007101142299754666
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV32, batch: 4, tokens: 2048, cached: 0, heads: 16, weights: .fp8, kv: .fp8,
        isDecode: false, isEager: true), 0.004213805922966123
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV32, batch: 128, tokens: 64, cached: 131072, heads: 16, weights: .fp8,
        kv: .bf16, isDecode: false, isEager: true), 0.0944057250118259
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV32, batch: 2, tokens: 256, cached: 512, heads: 64, weights: .fp8,
        kv: .bf16, isDecode: false, expands: true, isEager: true), 0.0007100163769877336
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV32, batch: 16, tokens: 1, cached: 16383, heads: 8, weights: .bf16,
        kv: .bf16, isDecode: true), 8.02207895271062e-05
    ),
    (
      AttentionBlockCall(
        model: .glm5, batch: 1, tokens: 8192, cached: 0, heads: 64, weights: .bf16, kv: .bf16,
        isDecode: false, isEager: true), 0.010501758913902443
    ),
    (
      AttentionBlockCall(
        model: .glm5, batch: 512, tokens: 1, cached: 127, heads: 32, weights: .fp8, kv: .fp8,
        isDecode: true, isEager: true), 0.0007100215724328666
    ),
    (
      AttentionBlockCall(
        model: .glm5, batch: 8, tokens: 1024, cached: 131072, heads: 8, weights: .bf16, kv: .fp8,
        isDecode: false, skipsIndex: true, isEager: true), 0.0063940007222987654
    ),
    (
      AttentionBlockCall(
        model: .glm5, batch: 1, tokens: 1, cached: 1, heads: 1, weights: .bf16, kv: .bf16,
        isDecode: true), 4.694955887244389e-05
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Flash, batch: 4, tokens: 128, cached: 4096, heads: 8, compression: 4,
        weights: .bf16, kv: .fp8, isDecode: false), 0.00021579964439996104
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Flash, batch: 64, tokens: 1, cached: 65535, heads: 64, compression: 4,
        weights: .fp8, kv: .fp8, isDecode: true), 0.0001376696772972224
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Flash, batch: 2, tokens: 8192, cached: 0, heads: 32, compression: 128,
        weights: .bf16, kv: .fp8, isDecode: false), 0.0046402355564189555
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Pro, batch: 1, tokens: 1, cached: 0, heads: 128, compression: 128,
        weights: .fp8, kv: .fp8, isDecode: true), 0.00012082649180633521
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Pro, batch: 16, tokens: 512, cached: 0, heads: 128, compression: 4,
        weights: .fp8, kv: .fp8, isDecode: false), 0.007275000855124656
    ),
    (
      AttentionBlockCall(
        model: .deepSeekV4Pro, batch: 1, tokens: 4, cached: 100, heads: 16, compression: 4,
        weights: .fp8, kv: .fp8, isDecode: false), 6.466908172998956e-05
    ),
    (
      AttentionBlockCall(
        model: .miniMaxM3, batch: 1, tokens: 16384, cached: 1048576, heads: 64, weights: .bf16,
        kv: .bf16, isDecode: false, isEager: true), 0.11283467641267564
    ),
    (
      AttentionBlockCall(
        model: .miniMaxM3, batch: 256, tokens: 1, cached: 32767, heads: 8, weights: .bf16, kv: .fp8,
        isDecode: true), 0.001817686937022717
    ),
    (
      AttentionBlockCall(
        model: .miniMaxM3, batch: 4, tokens: 100, cached: 0, heads: 1, weights: .fp8, kv: .bf16,
        isDecode: false), 4.50657746285823e-05
    ),
    (
      AttentionBlockCall(
        model: .miniMaxM3, batch: 1024, tokens: 4, cached: 65536, heads: 16, weights: .bf16,
        kv: .bf16, isDecode: false, isEager: true), 0.12270793888366166
    ),
  ]

  static let parts: [(AttentionPartCall, Double)] = [
    (
      AttentionPartCall(
        part: .scores, model: .glm5, batch: 1, tokens: 4096, cached: 0, heads: 64, compression: 1),
      8.78845334681714e-05
    ),
    (
      AttentionPartCall(
        part: .scores, model: .glm5, batch: 128, tokens: 1, cached: 511, heads: 64, compression: 1),
      8.333171730146105e-06
    ),
    (
      AttentionPartCall(
        part: .scores, model: .deepSeekV4Flash, batch: 16, tokens: 8, cached: 65536, heads: 64,
        compression: 4, isPaged: true), 4.901228927124277e-05
    ),
    (
      AttentionPartCall(
        part: .scores, model: .glm5, batch: 8, tokens: 2, cached: 16384, heads: 64, compression: 1),
      3.526424079518123e-05
    ),
    (
      AttentionPartCall(
        part: .choice, model: .glm5, batch: 1, tokens: 8192, cached: 0, heads: 64, compression: 1),
      0.00027953971975536147
    ),
    (
      AttentionPartCall(
        part: .choice, model: .deepSeekV4Pro, batch: 4, tokens: 1, cached: 131071, heads: 128,
        compression: 4), 3.4591300648515105e-05
    ),
    (
      AttentionPartCall(
        part: .choice, model: .deepSeekV4Flash, batch: 32, tokens: 64, cached: 2048, heads: 64,
        compression: 4), 3.0965286448675515e-05
    ),
    (
      AttentionPartCall(
        part: .attention, model: .glm5, batch: 512, tokens: 4, cached: 64, heads: 64, compression: 1
      ), 0.001383457943538033
    ),
    (
      AttentionPartCall(
        part: .attention, model: .deepSeekV4Flash, batch: 256, tokens: 8, cached: 512, heads: 64,
        compression: 128), 9.203346648778856e-05
    ),
    (
      AttentionPartCall(
        part: .attention, model: .deepSeekV4Flash, batch: 1, tokens: 1, cached: 262144, heads: 64,
        compression: 128), 7.122250531139845e-06
    ),
  ]
}
