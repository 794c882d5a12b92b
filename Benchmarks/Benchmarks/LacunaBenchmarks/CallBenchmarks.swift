import Costs
import Diagnostics
import Hardware
import Programs
import ScenarioFiles

/// Prices by the calibrated forms of one device, by family and all mixed: 1,000 calls of a family,
/// their sizes spread over what serving meets.
func callBenchmarks() {
  for family in CallMix.families {
    rateBenchmark("price \(family)", unit: "calls") {
      try CallMix([family])
    } work: { mix in
      try mix.price()
    }
  }
  rateBenchmark("price calls, mixed", unit: "calls") {
    try CallMix(CallMix.families)
  } work: { mix in
    try mix.price()
  }
}

/// Calls with the forms that price them.
private struct CallMix {
  static let families = ["gemm", "attention-decode", "attention-prefill", "moe"]
  private static let kernels = [
    "gemm": "vllm-bf16", "attention-decode": "vllm-fa2-bf16kv-d128",
    "attention-prefill": "vllm-fa2-bf16kv-d128", "moe": "vllm-triton-bf16",
  ]

  private let parts: [(form: CalibratedForm, calls: [KernelCall])]

  init(_ families: [String]) throws {
    let profile = try ProfileLibrary(folder: try Assets.folder("hardware-profiles")).profile(
      "nvidia-a100-sxm-80gb")
    let book = KernelBook([profile])
    parts = try families.map { family in
      guard let kernel = Self.kernels[family],
        let entry = try book.entry(family: family, kernel: kernel, on: profile)
      else { throw UnexpectedWork(what: "no calibrated kernel for \(family)") }
      return (entry.form, (0..<1000).map { Self.call(family, number: $0) })
    }
  }

  /// How many calls were priced.
  func price() throws -> Int {
    var count = 0
    for part in parts {
      var sum = 0.0
      for call in part.calls { sum += part.form.seconds(call) }
      try expect(sum.isFinite && sum > 0, "a call has no price")
      count += part.calls.count
    }
    return count
  }

  private static func call(_ family: String, number: Int) -> KernelCall {
    // Steps without a common factor go over all combinations.
    let batch = 1 << (number % 8)
    switch family {
    case "gemm":
      return .product(
        MatrixCall(
          m: 1 << (number % 14), n: 128 * (1 + number * 37 % 200), k: 128 * (1 + number * 53 % 100),
          weights: .bf16, arithmetic: .bf16))
    case "attention-decode":
      let context = 1 + number * 7919 % 100_000
      return .attentionDecode(
        DecodeAttentionCall(
          batch: batch, context: context, read: context, heads: 32, kvHeads: 8, keyDimension: 128,
          valueDimension: 128, page: 64, kv: .bf16, isCold: true))
    case "attention-prefill":
      return .attentionPrefill(
        PrefillAttentionCall(
          batch: batch, tokens: 1 + number * 7919 % 16_000, heads: 32, kvHeads: 8,
          keyDimension: 128, valueDimension: 128, arithmetic: .bf16, kv: .bf16, isCold: true))
    default:
      return .experts(
        ExpertCall(
          tokens: 1 << (number % 14), hidden: 4096, inner: 1536, topK: 8, experts: 128,
          routing: .balanced, weights: .bf16, arithmetic: .bf16, isCold: true))
    }
  }
}
