import Hardware
import Programs
import Quantities
import TestSupport
import Testing

@testable import Costs

/// Prompt attention of listed blocks and of keys that are gathered one by one.
struct GatheringPrefillTests {
  private static func call(
    block: Int = 64, columns: Int = 0, density: Double = 0.25, gathered: Double = 0
  ) -> PrefillAttentionCall {
    PrefillAttentionCall(
      batch: 1, tokens: 65_536, heads: 8, kvHeads: 8, keyDimension: 128, valueDimension: 128,
      density: density, block: block, columns: columns, gathered: gathered, arithmetic: .bf16,
      kv: .bf16, isCold: true)
  }

  /// No time to start or for a row, and no derating: all of it is steps.
  private static let steps = [0, 0.5, 0.5, 0, 0.3, 0, 5]

  private static func seconds(
    _ form: any CostForm.Type, _ call: PrefillAttentionCall, _ values: [Double]
  ) throws -> Double {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    try #require(values.count == form.coefficients.count)
    return values.withUnsafeBufferPointer { values in
      values.baseAddress.map { form.seconds(.attentionPrefill(call), on: device, $0) } ?? .nan
    }
  }

  @Test func blocksAloneCostWhatABlockKernelTakes() throws {
    let alone = try Self.seconds(GatheringPrefill.self, Self.call(), Self.steps + [0.4])
    #expect(try Self.seconds(BlockSparsePrefill.self, Self.call(), Self.steps) == alone)
  }

  @Test(arguments: [(0.5, 1.2), (1, 1.4)])
  func gatheredStepsAreLonger(share: Double, factor: Double) throws {
    let alone = try Self.seconds(GatheringPrefill.self, Self.call(), Self.steps + [0.4])
    let mixed = try Self.seconds(
      GatheringPrefill.self, Self.call(gathered: share), Self.steps + [0.4])
    #expect(abs(mixed / alone - factor) < 1e-9)
  }

  @Test func theCallDecidesWhichKernelItIs() throws {
    let none = Figure(Seconds(0), source: "t", basis: .derived)
    let runtime = Runtime(
      name: "t", unit: "gpu", graph: true, hostPerStep: none, kernels: [:],
      libraries: [
        "attention-prefill": ["fa2"], "attention-prefill-sparse": ["flex"],
        "attention-prefill-gathered": ["triton64", "triton128"],
      ], sources: [:])
    func kernels(_ call: PrefillAttentionCall) -> [String]? {
      KernelName(.attentionPrefill(call), of: runtime)?.kernels
    }
    #expect(kernels(Self.call(block: 0)) == ["fa2-bf16kv-d128"])
    #expect(kernels(Self.call(block: 128)) == ["flex-bf16kv-d128"])
    #expect(kernels(Self.call(block: 64)) == ["triton64-bf16kv-d128"])
    #expect(kernels(Self.call(columns: 64, gathered: 0.1)) == ["triton64-bf16kv-d128"])
    #expect(kernels(Self.call(columns: 128)) == ["flex-bf16kv-d128"])
    // Lists of single keys that more queries share are walked in tiles of 128 of them.
    let shared = Self.call(block: 128, columns: 64, gathered: 0.5)
    #expect(kernels(shared) == ["triton128-bf16kv-d128"])
    #expect(kernels(Self.call(block: 16, columns: 64, gathered: 0.5)) == ["flex-bf16kv-d128"])
  }

  @Test func onlyTritonKernelsGather() {
    let family = "attention-prefill-sparse"
    #expect(
      FormCatalog.form(of: family, kernel: "triton64-bf16kv-d128") is GatheringPrefill.Type)
    #expect(FormCatalog.form(of: family, kernel: "flex-bf16kv-d128") is BlockSparsePrefill.Type)
  }
}
