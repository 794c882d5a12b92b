import Diagnostics
import Hardware
import Programs
import ScenarioFiles
import TestSupport
import Testing

@testable import Costs

/// Whose kernels a device takes where it lacks them: asked for late, and compiled for its cores.
@Suite struct PortableKernelTests {
  private static func profiles() throws -> [Profile] {
    let library = ProfileLibrary(folder: Checkout.path("hardware-profiles"))
    return try library.names().map { try library.profile($0) }
  }

  private static func profile(_ name: String) throws -> Profile {
    try ProfileLibrary(folder: Checkout.path("hardware-profiles")).profile(name)
  }

  @Test func donorsAreReadOnlyWhereTheDeviceLacksTheForm() throws {
    let h200 = try Self.profile("nvidia-h200-sxm")
    let book = KernelBook([h200]) { () throws(Faults) in
      throw Faults(
        .missingKey("donors", expected: "nobody to ask for them"), at: SourcePosition(file: "here"))
    }
    func origin(_ family: String, _ kernels: [String]) throws -> String? {
      try book.entry(family: family, kernels: kernels, on: h200)?.origin
    }
    #expect(try origin("gemm", ["vllm-bf16"]) == h200.name)
    // The second library is the device's own.
    let attention = ["vllm-fa2-bf16kv-d128", "vllm-fa3-bf16kv-d128"]
    #expect(try origin("attention-decode", attention) == h200.name)
    #expect(throws: Faults.self) { try origin("attention-decode", ["paged-select-bf16kv-d128"]) }
  }

  @Test(arguments: [
    ("nvidia-a100-sxm-80gb", "triton64-mma2-bf16kv-d128"),
    ("nvidia-rtx-a6000", "triton64-mma2-bf16kv-d128"),
    ("nvidia-h100-sxm", "triton64-bf16kv-d128"), ("nvidia-h20", "triton64-bf16kv-d128"),
    ("nvidia-h200-sxm", "triton64-bf16kv-d128"), ("nvidia-b200", "triton64-bf16kv-d128"),
  ])
  func otherCoresTakeWhatWasCompiledForAll(device: String, kernel: String) throws {
    let entry = try KernelBook(Self.profiles()).entry(
      family: "attention-prefill-sparse", kernel: "triton64-bf16kv-d128",
      on: Self.profile(device))
    #expect(entry?.calibration.kernel == kernel)
  }

  /// On the H200 lists of blocks at density 1 take 1.54 times as long as FlashAttention-2 where both
  /// use the instructions of all generations (152.4 and 99.0 ms at 65,536 tokens).
  @Test func theRatioToFlashAttentionCarriesOver() throws {
    let a100 = try Self.profile("nvidia-a100-sxm-80gb")
    let book = try KernelBook(Self.profiles())
    var call = PrefillAttentionCall(
      batch: 1, tokens: 65_536, heads: 32, kvHeads: 8, keyDimension: 128, valueDimension: 128,
      arithmetic: .bf16, kv: .bf16, isCold: true)
    let dense = try #require(
      try book.entry(family: "attention-prefill", kernel: "vllm-fa2-bf16kv-d128", on: a100))
    let flash = dense.form.seconds(.attentionPrefill(call))
    call.block = 64
    let lists = try #require(
      try book.entry(
        family: "attention-prefill-sparse", kernel: "triton64-bf16kv-d128", on: a100))
    let ratio = lists.form.seconds(.attentionPrefill(call)) / flash
    #expect(abs(ratio / (152.4 / 99.0) - 1) < 0.1)
  }

  /// Kernels of FlashAttention-3 reach 0.98 of an H20's peak where they reach 0.73 of an H200's, whose
  /// cores multiply 4.3 times as much in a cycle: by the same other cycles 0.92.
  @Test func slowerCoresOfTheSameDesignReachMoreOfTheirPeak() throws {
    let h20 = try Self.profile("nvidia-h20")
    let kernel = "vllm-fa3-bf16kv-d128"
    func share(_ leavingOut: Set<String>) throws -> Double {
      let entry = try #require(
        try KernelBook(Self.profiles(), leavingOut: leavingOut).entry(
          family: "attention-prefill", kernel: kernel, on: h20))
      return entry.form.values[2]
    }
    #expect(abs(try share(["nvidia-h20"]) / share([]) - 1) < 0.08)
  }
}
