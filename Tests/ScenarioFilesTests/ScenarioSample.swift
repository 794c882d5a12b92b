import Diagnostics
import Simulation
import TestSupport

@testable import ScenarioFiles

/// Small scenarios to break, one a method.
enum ScenarioSample {
  static let pages = """
    schema: 1
    title: A sample
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model:
      recording: sample
      layers: 12
      hidden: 1024
      attention: {heads: 32, kv-heads: 4, head-dimension: 128}
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 4096, generate: 8}
    attention: {select: {by: page, keep: 1024 tokens, page: 64 tokens}}
    cache:
      tier: ddr
      resident: {tier: hbm, budget: 32 pages, replace: lru, scope: per-head}
      transfer: gather-kernel
      trace: {file: traces/attention-a-python.ltrace, first-step: 160}
    variants:
      small: {cache: {resident: {budget: 16 pages}}}
      large: {}
    expect:
      - {variant: large, metric: tpot, value: 1 ms, source: none}

    """

  static let experts = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model: {recording: sample, layers: 11, hidden: 2048, experts: {count: 64, top-k: 4, width: 1536, gated: true}}
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 1, generate: 8}
    experts:
      tier: ddr
      resident: {tier: hbm, budget: 8 experts, replace: lru}
      trace: {file: traces/experts-b-python.ltrace}

    """

  static let neurons = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: host-threads
    model: {recording: sample, layers: 12, hidden: 4096, neurons: {width: 3072, gated: false}}
    precision: {weights: fp16, kv: fp16}
    workload: {prompt: 1, generate: 8}
    weights: {ffn: {tier: flash}}
    neurons: {select: active, window: 5 tokens, depth: 32, trace: {file: traces/relu-a-python.ltrace}}

    """

  static let whole = """
    schema: 1
    hardware: nvidia-h200-server
    runtime: cuda-graph
    model: facebook/opt-6.7b
    precision: {weights: fp16, kv: fp16}
    workload: {prompt: 128, generate: 4}

    """

  /// What a user sees of a scenario that goes all the way to the engines; empty when it is fine.
  static func lines(_ text: String, settings: [String] = []) -> [String] {
    do throws(Faults) {
      try play(Document(text: text, file: "sample.yaml"), settings)
      return []
    } catch {
      return error.faults.map(Diagnostic.line)
    }
  }

  static func play(_ document: Document, _ settings: [String] = []) throws(Faults) {
    let file = try ScenarioFile(document: document, settings: settings)
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    for variant in file.variants {
      let simulator = try Simulator(resolver.resolve(file.scenario(variant: variant)))
      _ = try simulator.run(.both)
    }
  }
}
