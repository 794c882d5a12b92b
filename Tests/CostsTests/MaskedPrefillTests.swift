import Hardware
import Programs
import Quantities
import Testing

@testable import Costs

/// Prompt attention that walks a mask, and what compiled kernels reach on other devices.
struct MaskedPrefillTests {
  private static func call(block: Int = 64, walksMask: Bool = true) -> PrefillAttentionCall {
    var call = PrefillAttentionCall(
      batch: 1, tokens: 65_536, heads: 8, kvHeads: 8, keyDimension: 128, valueDimension: 128,
      density: 0.25, block: block, arithmetic: .bf16, kv: .bf16, isCold: true)
    call.walksMask = walksMask
    return call
  }

  /// No time to start or for a row, and no derating: all of it is steps.
  private static let steps = [0, 0.5, 0.5, 0, 0.3, 0, 5]

  private static func seconds(
    _ form: any CostForm.Type, _ call: PrefillAttentionCall, _ values: [Double],
    on device: DeviceFigures
  ) throws -> Double {
    try #require(values.count == form.coefficients.count)
    return values.withUnsafeBufferPointer { values in
      values.baseAddress.map { form.seconds(.attentionPrefill(call), on: device, $0) } ?? .nan
    }
  }

  /// 1,024 rows of blocks see 524,800 of them, of which three quarters are passed over by each of 8
  /// heads: 393,600 x 8 tests of 24 ns on 132 cores.
  @Test func blocksThatAreNotKeptTakeTheirTests() throws {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let list = try Self.seconds(BlockSparsePrefill.self, Self.call(), Self.steps, on: device)
    let mask = try Self.seconds(MaskedPrefill.self, Self.call(), Self.steps + [24], on: device)
    let tests = 393_600 * 8 * 24e-9 / 132 * (1.9e9 / device.clock)
    #expect(abs(mask - list - tests) < 1e-9)
    // Larger blocks are walked in the same tiles.
    let large = try Self.seconds(
      MaskedPrefill.self, Self.call(block: 128), Self.steps + [24], on: device)
    #expect(abs(large - mask) < 1e-12)
  }

  @Test(arguments: [(64, "triton64"), (128, "triton128"), (256, "triton128")])
  func theLibraryOfTheBlockWalksItsMask(block: Int, library: String) throws {
    let none = Figure(Seconds(0), source: "t", basis: .derived)
    let runtime = Runtime(
      name: "t", unit: "gpu", graph: true, hostPerStep: none, kernels: [:],
      libraries: [
        "attention-prefill-sparse": ["flex"], "attention-prefill-gathered": ["triton64"],
        "attention-prefill-masked": ["triton64-mask", "triton128-mask"],
      ], sources: [:])
    let masked = KernelName(.attentionPrefill(Self.call(block: block)), of: runtime)
    #expect(masked?.kernels == ["\(library)-mask-bf16kv-d128"])
    let listed = KernelName(
      .attentionPrefill(Self.call(block: block, walksMask: false)), of: runtime)
    #expect(listed?.kernels == [(block == 64 ? "triton64" : "flex") + "-bf16kv-d128"])
  }

  /// A step at half the peak takes as long again in other cycles. A core that multiplies half as much
  /// in a cycle takes twice as long for the first half and as long for the second: two thirds.
  @Test func otherCyclesAreTheSameOnSlowerCores() throws {
    let donor = try DeviceFigures(try FormDevice.h200.profile())
    var slow = donor
    slow.clock *= 2
    #expect(abs(SameKernels(from: donor, to: slow).share(0.5) - 2.0 / 3) < 1e-12)
    #expect(SameKernels(from: donor, to: slow).share(1) == 1)
    #expect(SameKernels(from: donor, to: donor).share(0.5) == 0.5)
    let other = try DeviceFigures(try FormDevice.a100.profile())
    #expect(SameKernels(from: donor, to: other).share(0.5) == 0.5)
  }

  /// Half of a prompt's pairs in a call, the rest in others of its run: the clock is that of all.
  @Test func aRunSharesItsClock() throws {
    let device = try DeviceFigures(try FormDevice.h200.profile())
    let values = [0, 0.5, 0.5, 0, 0.3, 0.2, 5]
    let alone = Self.call()
    var part = alone
    part.run = 3
    let plain = try Self.seconds(BlockSparsePrefill.self, alone, Self.steps, on: device)
    let flops = 0.25 * 524_800 * 8 * 4.0 * 64 * 64 * 128
    let ideal = flops / device.peak(.bf16)
    for (call, busy) in [(alone, ideal), (part, 3 * ideal)] {
      let slowed = try Self.seconds(BlockSparsePrefill.self, call, values, on: device)
      #expect(abs(slowed / plain - (1 + 0.2 * busy / (busy + 5e-3))) < 1e-9)
    }
  }
}
