import Diagnostics
import Scenarios
import TestSupport
import Testing
import Workloads

@testable import ScenarioFiles
@testable import Serving

/// Slower tiers of KV as scenarios name them.
struct TierScenarioTests {
  private static let sample = """
    schema: 1
    hardware: a100-sxm-pcie4-ddr4
    runtime: vllm
    model: meta-llama/Llama-2-7b
    precision: {weights: fp16, kv: fp16}
    workload:
      requests: requests/mooncake_conversation.jsonl.gz
      page: 16
      preempt: swap
      kv-tiers: [{tier: ddr, capacity: 200 GB}, {tier: flash}]

    """

  private func run(_ text: String) throws(Faults) -> ServingRun {
    let file = try ScenarioFile(
      document: Document(text: text, file: "sample.yaml"), settings: [])
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let resolved = try resolver.resolve(file.scenario(variant: "default"))
    do throws(Faults) {
      return try ServingRun(resolved)
    } catch {
      throw resolved.places.placed(error)
    }
  }

  private func lines(_ text: String) -> [String] {
    do throws(Faults) {
      _ = try run(text)
      return []
    } catch {
      return error.faults.map(Diagnostic.line)
    }
  }

  @Test("Capacities in pages, links in order, prices of the profile's own figures")
  func tiers() throws {
    let tiers = try run(Self.sample).tiers
    #expect(tiers.names == ["hbm", "ddr", "flash"])
    // 16 tokens of 524,288 B; flash has nothing else.
    #expect(tiers.bytesPerPage == 16 * 524_288)
    #expect(tiers.pages == [200_000_000_000 / 8_388_608, 1_000_000_000_000 / 8_388_608])
    #expect(tiers.hops.map(\.link) == ["pcie", "storage"])
    #expect(tiers.swaps && tiers.keepsBlocks && tiers.hops.allSatisfy { !$0.isShared })
    // A page over PCIe: 4.4 us, and its bytes at 0.839 x 31 GB/s.
    let page = 4.4e-6 + 8_388_608 / (0.839 * 31e9)
    for copy in [tiers.hops[0].up, tiers.hops[0].down] {
      #expect(abs(Double(copy.span(10)) * 1e-12 / (10 * page) - 1) < 1e-6)
      #expect(copy.energy(1) > 0)
    }
    // Flash writes no faster than it is said to, and reads no faster than its bus.
    let flash = tiers.hops[1]
    #expect(flash.up.span(100) > 100 * 8_388_608 * 1_000 / 7)
    #expect(flash.down.span(100) >= 100 * 8_388_608 * 1_000 / 7)
    #expect(abs(Double(flash.down.span(100)) / Double(flash.down.span(10)) - 10) < 1e-6)
  }

  @Test("Blocks that are no whole pages are refused, unless nothing is to be found again")
  func unevenBlocks() throws {
    let stream = SampleStreams.sharing(count: 8, seed: 1)
    let text = Self.sample.replacing("page: 16", with: "page: 12")
      .replacing("kv-tiers: [{tier: ddr, capacity: 200 GB}, {tier: flash}]", with: "")
    let fault = #expect(throws: Faults.self) { try run(text).play(stream) }
    #expect(
      fault.map { Diagnostic.line($0.faults[0]) }?.contains(
        "workload.page is '12'; prompts share blocks of 16 tokens, which must be whole pages")
        == true)
    let without = text.replacing("preempt: swap", with: "preempt: swap\n  prefix-caching: false")
    #expect(try run(without).play(stream).metric("prefix.hit_rate") == nil)
  }

  @Test("Swap alone takes the memory that is linked to the near one, with all that it has")
  func swapAlone() throws {
    let tiers = try run(
      Self.sample.replacing("kv-tiers: [{tier: ddr, capacity: 200 GB}, {tier: flash}]", with: "")
    ).tiers
    #expect(tiers.names == ["hbm", "ddr"] && tiers.swaps && !tiers.keepsBlocks)
    #expect(tiers.pages == [512 * (1 << 30) / 8_388_608])
    let none = try run(
      Self.sample.replacing("kv-tiers: [{tier: ddr, capacity: 200 GB}, {tier: flash}]", with: "")
        .replacing("preempt: swap", with: "preempt: recompute")
    ).tiers
    #expect(none.names == ["hbm"] && none.hops.isEmpty)
  }

  static let broken: [(old: String, new: String, line: String)] = [
    (
      "{tier: ddr, capacity: 200 GB}", "{tier: dram}",
      "sample.yaml:10:13: error: workload.kv-tiers[0].tier: there is no memory or storage in "
        + "a100-sxm-pcie4-ddr4 'dram'; known are hbm, ddr, flash"
    ),
    (
      "200 GB", "600 GB",
      "sample.yaml:10:13: error: workload.kv-tiers[0].capacity is '600 GB'; ddr has 549.8 GB left "
        + "for it"
    ),
    (
      "{tier: ddr, capacity: 200 GB}, ", "",
      "sample.yaml:10:13: error: workload.kv-tiers[0].tier is 'flash'; what is linked to hbm is ddr"
    ),
    (
      "{tier: flash}", "{tier: ddr}",
      "sample.yaml:10:13: error: workload.kv-tiers[1].tier is 'ddr'; KV lies there already: name "
        + "each slower tier once"
    ),
    (
      "{tier: ddr, capacity: 200 GB}", "{tier: hbm}",
      "sample.yaml:10:13: error: workload.kv-tiers[0].tier is 'hbm'; KV lies there already: name "
        + "each slower tier once"
    ),
    (
      "a100-sxm-pcie4-ddr4", "nvidia-a100-sxm-80gb",
      "sample.yaml:10:13: error: workload.kv-tiers[0].tier: there is no memory or storage in "
        + "nvidia-a100-sxm-80gb 'ddr'; known are hbm"
    ),
    (
      "preempt: swap", "prefix-caching: false",
      "sample.yaml:7:3: error: workload.kv-tiers is 'with prefix-caching: false'; they would hold "
        + "nothing: leave prefix-caching on, or give preempt: swap"
    ),
    (
      "preempt: swap", "preempt: drop",
      "sample.yaml:9:12: error: workload.preempt: there is no way to preempt 'drop'; known are "
        + "recompute, swap"
    ),
    (
      "[{tier: ddr, capacity: 200 GB}, {tier: flash}]", "[]",
      "sample.yaml:10:13: error: workload.kv-tiers is '0 tiers'; expected 1 to 3, the fastest first"
    ),
    (
      "[{tier: ddr, capacity: 200 GB}, {tier: flash}]", "ddr",
      "sample.yaml:10:13: error: workload.kv-tiers is 'ddr'; expected a list of tiers"
    ),
    (
      "200 GB", "-1 GB",
      "sample.yaml:10:36: error: workload.kv-tiers[0].capacity is '-1 GB'; expected between 1 B and "
        + "1000000 TB"
    ),
    (
      "capacity: 200 GB", "size: 200 GB",
      "sample.yaml:10:26: error: unknown key 'workload.kv-tiers[0].size'; known keys are "
        + "workload.kv-tiers[0].capacity, workload.kv-tiers[0].tier"
    ),
    (
      "tier: flash", "capacity: 1 GB",
      "sample.yaml:10:45: error: missing key 'workload.kv-tiers[1].tier'; expected a slower tier of "
        + "the hardware"
    ),
  ]

  @Test("What is wrong or the machine cannot do is refused with its place", arguments: broken)
  func refused(_ old: String, _ new: String, _ line: String) {
    #expect(lines(Self.sample.replacing(old, with: new)) == [line])
  }
}
