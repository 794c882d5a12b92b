import Diagnostics
import Models
import Policies
import Programs
import Scenarios
import Simulation
import TestSupport

@testable import ScenarioFiles

/// A prompt of 2,048 tokens in variants, by text.
enum PromptSample {
  static let head = """
    schema: 1
    hardware: HARDWARE
    runtime: RUNTIME
    model: MODEL
    precision: {weights: bf16, kv: bf16}
    workload: {prompt: 2048, generate: 4, batch: 2}

    """

  static let transformer = """
    {hidden: 1024, layers: 4, vocabulary: 1000, tied: true, heads: 8, kv-heads: 2, \
    head-dimension: 128, gated: true, activation: silu, ffn: 4096}
    """

  static func simulator(
    _ text: String, runtime: String = "peak", hardware: String = "nvidia-h200-sxm",
    model: String = transformer, settings: [String] = []
  ) throws(Faults) -> Simulator {
    try Simulator(
      resolved(text, runtime: runtime, hardware: hardware, model: model, settings: settings))
  }

  static func resolved(
    _ text: String, runtime: String, hardware: String = "nvidia-h200-sxm",
    model: String = transformer, settings: [String] = []
  ) throws(Faults) -> ResolvedScenario {
    let filled = head.replacing("RUNTIME", with: runtime).replacing("HARDWARE", with: hardware)
      .replacing("MODEL", with: model)
    let document = try Document(text: filled + text, file: "sample.yaml")
    let file = try ScenarioFile(document: document, settings: settings)
    let resolver = ScenarioResolver(
      profiles: Checkout.path("hardware-profiles"), models: Checkout.path("scenarios/models"))
    return try resolver.resolve(file.scenario(variant: file.variants[0]))
  }

  static func metric(
    _ name: String, _ text: String, runtime: String = "peak", _ settings: [String] = [],
    _ engines: Simulator.Engines = .analytic
  ) throws -> Double? {
    try simulator(text, runtime: runtime, settings: settings).run(engines).report.metric(name)
  }

  /// The prompt's operations, those of each block once.
  static func operations(_ text: String, runtime: String = "peak") throws -> [Operation] {
    let simulator = try simulator(text, runtime: runtime)
    return PrefillStep.lower(simulator.preparation.setting).blocks.flatMap(\.operations)
  }

  static func operation(
    _ name: String, _ text: String, runtime: String = "peak"
  ) throws -> Operation? {
    try operations(text, runtime: runtime).first { $0.name == name }
  }
}
