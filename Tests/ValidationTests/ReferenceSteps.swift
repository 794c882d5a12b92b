import ScenarioFiles
import TestSupport
import Testing

@testable import Validation

/// One decode step as a reference implementation of the same formula gives it: set of coefficients,
/// profile, sizes, format, batch, context, tensor and data parallel devices, seconds.
struct ReferenceStep: CustomTestStringConvertible {
  let set: String
  let profile: String
  let model: String
  let format: String
  let batch: Double
  let context: Double
  let layout: StepForm.Layout
  let seconds: Double

  init(
    _ set: String, _ profile: String, _ model: String, _ format: String, _ batch: Double,
    _ context: Double, _ tensor: Int, _ data: Int, _ seconds: Double
  ) {
    self.set = set
    self.profile = profile
    self.model = model
    self.format = format
    self.batch = batch
    self.context = context
    layout = StepForm.Layout(tensor: tensor, data: data)
    self.seconds = seconds
  }
  var testDescription: String { "\(set) \(model) b \(batch) ctx \(context)" }

  static let sets: [String: [StepCoefficient: Double]] = [
    "cuda": [
      .weights: 0.84, .experts: 1, .kv: 0.73, .arithmetic: 0.075, .attention: 0.033, .norm: 2,
      .layer: 103e-6, .host: 0.1e-3,
    ],
    "metal": [
      .weights: 1, .experts: 0.57, .kv: 0.44, .arithmetic: 0.354, .smallBatchArithmetic: 0.283,
      .smallBatch: 8, .tile: 32, .expertsAloneBelow: 32, .attention: 0.078, .layer: 138e-6,
      .host: 0.1e-3, .norm: 3,
    ],
    "eager": [
      .weights: 1, .kv: 0.9, .arithmetic: 0.081, .layer: 30e-6, .exchange: 71e-6, .host: 1e-3,
      .hostLayer: 512e-6, .hostNorm: 2.74,
    ],
    "server": [
      .weights: 0.917, .experts: 0.703, .kv: 0.785, .arithmetic: 0.243, .layer: 28e-6,
      .routing: 26e-6, .exchange: 22e-6, .host: 10e-6, .norm: 3,
    ],
  ]

  static let rows: [ReferenceStep] = [
    .init("cuda", "nvidia-dgx-spark", "gpt-oss-20b", "mxfp4", 1, 512, 1, 1, 0.012973118136610378),
    .init("cuda", "nvidia-dgx-spark", "gpt-oss-20b", "mxfp4", 8, 4096, 1, 1, 0.037418051721949994),
    .init(
      "cuda", "nvidia-dgx-spark", "qwen3-30b-a3b", "q8_0", 4, 8192.5, 1, 1, 0.052685122243808134),
    .init("cuda", "nvidia-dgx-spark", "gemma-3-4b", "q8_0", 32, 2000, 1, 1, 0.0617195189849603),
    .init(
      "cuda", "nvidia-dgx-spark", "glm-4.7-flash", "q8_0", 2, 16400, 1, 1, 0.042891576747251775),
    .init("metal", "apple-m2-ultra", "qwen2.5-7b", "q8_0", 1, 528, 1, 1, 0.013454121278552035),
    .init("metal", "apple-m2-ultra", "gpt-oss-120b", "mxfp4", 4, 1000, 1, 1, 0.028448462122747382),
    .init("metal", "apple-m2-ultra", "qwen3-30b-a3b", "q8_0", 16, 512, 1, 1, 0.0795149420925877),
    .init("metal", "apple-m2-ultra", "gemma-3-4b", "q8_0", 33, 3000, 1, 1, 0.07354742693857949),
    .init("metal", "apple-m2-ultra", "glm-4.7-flash", "q8_0", 8, 8000, 1, 1, 0.10961388738393904),
    .init(
      "eager", "nvidia-a100-sxm-80gb", "llama-2-70b", "bf16", 1, 576, 2, 1, 0.058249751086437006),
    .init(
      "eager", "nvidia-a100-sxm-80gb", "llama-2-70b", "bf16", 16, 2100, 8, 1, 0.046361149635004366),
    .init(
      "eager", "nvidia-a100-sxm-80gb", "bloom-176b", "bf16", 32, 800, 8, 1, 0.08099361278490606),
    .init("server", "nvidia-b200", "llama-3.1-70b", "fp8", 64, 1536, 4, 1, 0.010706434260162332),
    .init(
      "server", "nvidia-b200", "gpt-oss-120b", "mxfp4-bf16", 32, 1024, 2, 1, 0.007356928309977705),
    .init("server", "nvidia-b200", "minimax-m2.5", "fp8", 128, 9000, 8, 8, 0.017780250088629254),
    .init("server", "nvidia-b200", "deepseek-r1", "nvfp4", 64, 1536, 8, 1, 0.015137212493750676),
    .init("server", "nvidia-b200", "deepseek-r1", "fp8", 256, 8704, 8, 8, 0.02791161717077735),
    .init("server", "nvidia-b200", "qwen3-235b-a22b", "fp8", 16, 5000, 8, 4, 0.013401377490395966),
    .init("server", "nvidia-b200", "kimi-k2.5", "int4-awq", 4, 1536, 8, 1, 0.007424667507942205),
  ]
}
