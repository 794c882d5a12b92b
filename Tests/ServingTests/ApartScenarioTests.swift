import Diagnostics
import ScenarioFiles
import Scenarios
import TestSupport
import Testing
import Workloads

@testable import Serving

/// Servers of prompts as scenarios state them.
struct ApartScenarioTests {
  static func report(_ apart: String, hardware: String = "a100-40gb-x8-hdr") throws -> StreamReport
  {
    let text = RequestSourceTests.text(
      "requests: {count: 40, prompt: 600, output: 30}, rate: 10/s, replicas: 2, \(apart)"
    ).replacing("nvidia-a100-sxm-80gb", with: hardware)
    let file = try TemporaryText(text, name: "sample.yaml")
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    let resolved = try resolver.resolve(
      try ScenarioFile(contentsOf: file.path).scenario(variant: "default"))
    var store = RequestStore()
    do throws(Faults) {
      return try ServingRun(resolved).play(try store.stream(of: resolved))
    } catch {
      throw resolved.places.placed(error, fallback: "workload.requests")
    }
  }

  static func faults(_ apart: String) -> [String] {
    do {
      _ = try report(apart)
      return []
    } catch let error as Faults {
      return error.faults.map { Diagnostic.line($0) }
    } catch {
      return ["\(error)"]
    }
  }

  @Test("KV of all prompts goes over the link at its price, and all is reported")
  func network() throws {
    let report = try Self.report("apart: {prompt-replicas: 2, link: network}")
    let prompts = try #require(report.promptServers)
    #expect(prompts.replicas == 2 && prompts.hardware == report.hardware)
    // Keys and values of 32 layers, 4096 wide, 2 bytes each.
    #expect(prompts.transfers.bytes == 40 * 600 * 524_288)
    #expect(prompts.transfers.transfers == 40)
    // 25 GB/s at the most, and 50 ms at the least rate of its curve.
    let link = report.resources.first { $0.name == "network to decode" }
    #expect(link == prompts.link && prompts.link.bytes == 40 * 600 * 524_288)
    let each = Double(prompts.transfers.busy) / 40 * 1e-12
    #expect(each >= 600 * 524_288 / 25e9 && each < 0.05)
    #expect((report.metric("transfer.time") ?? 0) >= each)
    #expect((report.metric("prompts.busy") ?? 0) > 0)
    #expect(report.played.requests.ends.allSatisfy { $0 > 0 })
    // Steps that decode hold no prompt.
    #expect(report.played.mixedSteps == 0 && prompts.busy > 0)
  }

  @Test("A slower link takes longer to the second token and leaves the first as it is")
  func slower() throws {
    let (fast, slow) = (
      try Self.report("apart: {link: nvlink}"), try Self.report("apart: {link: network}")
    )
    #expect(fast.played.requests.firstTokens == slow.played.requests.firstTokens)
    #expect((fast.metric("transfer.time") ?? 1) < (slow.metric("transfer.time") ?? 0))
    #expect((fast.metric("tpot") ?? 1) < (slow.metric("tpot") ?? 0))
  }

  @Test("Prompts on another device run as that device runs them")
  func otherHardware() throws {
    let report = try Self.report("apart: {link: network, hardware: a100-40gb-x8-ib400}")
    #expect(report.promptServers?.hardware == "a100-40gb-x8-ib400")
    #expect(report.hardware == "a100-40gb-x8-hdr")
  }

  @Test(
    "Faults are told at their lines",
    arguments: [
      ("apart: {}", "missing key 'workload.apart.link'"),
      ("apart: {link: nvlnk}", "there is no link in a100-40gb-x8-hdr 'nvlnk'; did you mean"),
      ("apart: {link: network, prompt-replicas: 0}", "workload.apart.prompt-replicas is '0'"),
      ("apart: {link: network, hardware: a100}", "there is no profile 'a100'"),
      (
        "apart: {link: network, hardware: nvidia-h100-sxm}",
        "there is no link in nvidia-h100-sxm 'network'"
      ),
      ("apart: {link: network, hardware: raspberry-pi-5-nvme}", "runtime is 'vllm'; it runs on"),
      ("apart: {link: network, step-tokens: 64}", "workload.apart.step-tokens is '64'; give as"),
      ("apart: {link: network, replicas: 3}", "unknown key 'workload.apart.replicas'"),
      ("apart: 3", "workload.apart is '3'; expected a map"),
    ])
  func faultLines(_ apart: String, _ expected: String) {
    let faults = Self.faults(apart)
    #expect(faults.count == 1)
    #expect(faults.first?.contains("sample.yaml:") == true, "\(faults)")
    #expect(faults.first?.contains(expected) == true, "\(faults)")
  }
}
