import Costs
import Programs
import Testing

/// The forms of layers and mixed batches against the formulas computed in Python beside the fits of
/// 2026-11-21.
struct LayerFormTests {
  @Test(arguments: mixed.indices)
  func mixedAttentionEqualsReference(place: Int) throws {
    let (call, expected) = Self.mixed[place]
    try Self.expect(MixedAttentionForm.self, .mixedAttention(call), Self.mixedValues, expected)
  }

  @Test(arguments: elementwise.indices)
  func elementwiseEqualsReference(place: Int) throws {
    let (call, expected) = Self.elementwise[place]
    try Self.expect(
      ElementwiseForm.self, .elementwise(call), [3.1, 0.02, 0.8, 0.45, 0.7, 3], expected)
  }

  @Test(arguments: grouped.indices)
  func groupedProductEqualsReference(place: Int) throws {
    let (call, expected) = Self.grouped[place]
    try Self.expect(
      GroupedProductForm.self, .groupedProduct(call), [5, 0.8, 0.7, 0.85, 9, 0.4, 0.03, 3], expected
    )
  }

  @Test(arguments: exchanges.indices)
  func exchangeEqualsReference(place: Int) throws {
    let (call, expected) = Self.exchanges[place]
    try Self.expect(
      ExpertExchangeForm.self, .expertExchange(call), [20, 0.6, 18, 0.01, 3], expected)
  }

  /// Two choices among two devices: half of the tokens need one copy, half two.
  @Test func copiesFallOnDevices() {
    let call = ExpertExchangeCall(
      tokens: 4, hidden: 8, topK: 2, experts: 16, devices: 2, cores: 0, precision: .bf16,
      sendsEachChoice: false)
    #expect(call.copies == 1.5)
    #expect(call.bytes == 4 * 1.5 * 8 * 2)
  }

  private static func expect(
    _ form: any CostForm.Type, _ call: KernelCall, _ values: [Double], _ expected: Double
  ) throws {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    try #require(values.count == form.coefficients.count)
    let found = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { form.seconds(call, on: device, $0) } ?? .nan
    }
    #expect(abs(found / expected - 1) < 1e-9)
  }

  private static let mixedValues = [
    2.3, 1.6, 22.7, 21, 0.9, 0.6, 1.1, 0.8, 3.5, 0.5, 1.7, 0.3, 2.2,
  ]

  static let mixed: [(MixedAttentionCall, Double)] = [
    (
      MixedAttentionCall(
        promptTokens: 16, promptCached: 16384, longCount: 64, longContext: 4096, shortCount: 0,
        shortContext: 0, heads: 32, kvHeads: 8, dimension: 128, kv: .bf16), 0.0016705750286107961
    ),
    (
      MixedAttentionCall(
        promptTokens: 512, promptCached: 0, longCount: 8, longContext: 256, shortCount: 0,
        shortContext: 0, heads: 32, kvHeads: 8, dimension: 128, kv: .bf16), 3.9753324969887273e-05
    ),
    (
      MixedAttentionCall(
        promptTokens: 2048, promptCached: 128, longCount: 128, longContext: 16384, shortCount: 0,
        shortContext: 0, heads: 64, kvHeads: 8, dimension: 128, kv: .bf16), 0.02640224048932128
    ),
    (
      MixedAttentionCall(
        promptTokens: 100, promptCached: 77, longCount: 3, longContext: 1000, shortCount: 5,
        shortContext: 50, heads: 32, kvHeads: 4, dimension: 128, kv: .bf16), 3.694079638816035e-05
    ),
    (
      MixedAttentionCall(
        promptTokens: 64, promptCached: 0, longCount: 0, longContext: 0, shortCount: 0,
        shortContext: 0, heads: 32, kvHeads: 8, dimension: 128, kv: .bf16), 5.67884141454016e-06
    ),
  ]
  static let elementwise: [(ElementwiseCall, Double)] = [
    (ElementwiseCall(bytes: 65536.0, rows: 1), 3.1150884952206224e-06),
    (ElementwiseCall(bytes: 50000000.0, rows: 2048), 1.5970683998851873e-05),
    (ElementwiseCall(bytes: 2000000000.0, rows: 65536), 0.0005338626287185064),
  ]
  static let grouped: [(GroupedProductCall, Double)] = [
    (
      GroupedProductCall(
        groups: 64, active: 32.0, rows: 40.5, tilesOf64: 32.0, tilesOf128: 32.0, n: 4096, k: 7168,
        precision: .fp8), 0.00025458177101270283
    ),
    (
      GroupedProductCall(
        groups: 8, active: 8.0, rows: 8192.0, tilesOf64: 128.0, tilesOf128: 64.0, n: 7168, k: 2048,
        precision: .fp8), 0.00016476856298560543
    ),
  ]
  static let exchanges: [(ExpertExchangeCall, Double)] = [
    (
      ExpertExchangeCall(
        tokens: 128, hidden: 7168, topK: 8, experts: 256, devices: 8, cores: 0, precision: .fp8,
        sendsEachChoice: true), 4.7186249560014166e-05
    ),
    (
      ExpertExchangeCall(
        tokens: 4096, hidden: 7168, topK: 8, experts: 256, devices: 8, cores: 12, precision: .bf16,
        sendsEachChoice: false), 0.0016584745810221892
    ),
    (
      ExpertExchangeCall(
        tokens: 1, hidden: 2048, topK: 1, experts: 8, devices: 8, cores: 4, precision: .fp8,
        sendsEachChoice: false), 2.002902432663791e-05
    ),
  ]
}
