import TestSupport
import Testing

@testable import ScenarioFiles

/// The shipped table against the folders that it names.
@Suite struct ShippedClaimTableTests {
  private static let file = Checkout.path("scenarios/claims.yaml")

  @Test func itsMachinesShip() throws {
    let names = Set(ProfileLibrary(folder: ShippedProfiles.folder).names())
    let used = try ClaimTable(contentsOf: Self.file).general.hardware.compactMap { $0.use?.string }
    #expect(used.count > 20)
    for name in used { #expect(names.contains(name), "\(name)") }
  }

  @Test func itsModelsShip() throws {
    let names = Set(try ModelLibrary(folder: Checkout.path("scenarios/models")).names())
    let used = try ClaimTable(contentsOf: Self.file).general.models.compactMap { $0.use?.string }
    #expect(used.count > 30)
    for name in used { #expect(names.contains(name), "\(name)") }
  }

  /// Words of claims in the style of papers, each with what it must come to.
  @Test(arguments: [
    (
      "prefill latency in vLLM", "s", "1x A100-80GB", "Llama-3-8B-Instruct-1M", "128K", "ttft",
      "hardware=nvidia-a100-sxm-80gb, model=meta-llama/Meta-Llama-3-8B, workload.prompt=131072"
    ),
    (
      "decode throughput at max batch", "tokens/s", "A100-80GB", "Vicuna-13B-v1.5-16k", "8192",
      "throughput",
      "hardware=nvidia-a100-sxm-80gb, model=meta-llama/Llama-2-13b, workload.prompt=8192"
    ),
    (
      "TPOT at 30% target sparsity", "ms", "1x NVIDIA H200", "Qwen3-8B",
      "avg input 130K, output 200",
      "tpot",
      "hardware=nvidia-h200-sxm, model=Qwen/Qwen3-8B, workload.generate=200, "
        + "workload.prompt=130000"
    ),
    (
      "decode time for 512 tokens", "s", "n/a", "same", "128K, 512 new tokens", "tpot",
      "workload.generate=512, workload.prompt=131072"
    ),
  ])
  func mapsWords(
    _ metric: String, _ units: String, _ hardware: String, _ model: String, _ context: String,
    _ expected: String, _ changes: String
  ) throws {
    let claims = try ClaimFile.read(
      text: """
        [{"system": "Nobody's", "claims": [{"id": "A", "metric": "\(metric)", "units": "\(units)",
          "hardware": "\(hardware)", "model": "\(model)", "context": "\(context)", "ratio": 2}]}]
        """, file: "a.json")
    let claim = try #require(claims.first)
    guard case .matched(let match) = try ClaimTable(contentsOf: Self.file).match(claim) else {
      Issue.record("not matched")
      return
    }
    #expect(match.metric == expected)
    #expect(match.method.overrides.text == changes)
  }
}
