@testable import Validation

extension ReferenceStep {
  /// Sizes as the reference counts them, without norms and biases; a router counts as dense.
  static let sizes: [String: StepSizes] = [
    "bloom-176b": StepSizes(
      layers: 70, hidden: 14336, attention: 57545850880, dense: 115091701760, head: 3596615680,
      mixers: [.init(layers: 70, entry: 28672, kvHeads: 112, queryHeads: 112, width: 256)]),
    "deepseek-r1": StepSizes(
      layers: 61, hidden: 7168, attention: 11413422080, dense: 3849846784, head: 926679040,
      expert: 44040192, experts: 256, picked: 8, routingLayers: 58,
      mixers: [.init(layers: 61, entry: 576, kvHeads: 1, queryHeads: 128, width: 1088)]),
    "gemma-3-4b": StepSizes(
      layers: 34, hidden: 2560, attention: 534773760, dense: 2673868800, head: 671088640,
      mixers: [
        .init(layers: 5, entry: 2048, kvHeads: 4, queryHeads: 8, width: 512),
        .init(layers: 29, entry: 2048, window: 1024, kvHeads: 4, queryHeads: 8, width: 512),
      ]),
    "glm-4.7-flash": StepSizes(
      layers: 47, hidden: 2048, attention: 1022623744, dense: 503054336, head: 317194240,
      expert: 9437184, experts: 64, picked: 4, routingLayers: 46,
      mixers: [.init(layers: 47, entry: 576, kvHeads: 1, queryHeads: 20, width: 1088)]),
    "gpt-oss-120b": StepSizes(
      layers: 36, hidden: 2880, attention: 955514880, dense: 13271040, head: 579133440,
      expert: 24883200, experts: 128, picked: 4, routingLayers: 36,
      mixers: [
        .init(layers: 18, entry: 1024, kvHeads: 8, queryHeads: 64, width: 128),
        .init(layers: 18, entry: 1024, window: 128, kvHeads: 8, queryHeads: 64, width: 128),
      ]),
    "gpt-oss-20b": StepSizes(
      layers: 24, hidden: 2880, attention: 637009920, dense: 2211840, head: 579133440,
      expert: 24883200, experts: 32, picked: 4, routingLayers: 24,
      mixers: [
        .init(layers: 12, entry: 1024, kvHeads: 8, queryHeads: 64, width: 128),
        .init(layers: 12, entry: 1024, window: 128, kvHeads: 8, queryHeads: 64, width: 128),
      ]),
    "kimi-k2.5": StepSizes(
      layers: 61, hidden: 7168, attention: 6168444928, dense: 3203923968, head: 1174405120,
      expert: 44040192, experts: 384, picked: 8, routingLayers: 60,
      mixers: [.init(layers: 61, entry: 576, kvHeads: 1, queryHeads: 64, width: 1088)]),
    "llama-2-70b": StepSizes(
      layers: 80, hidden: 8192, attention: 12079595520, dense: 56371445760, head: 262144000,
      mixers: [.init(layers: 80, entry: 2048, kvHeads: 8, queryHeads: 64, width: 256)]),
    "llama-3.1-70b": StepSizes(
      layers: 80, hidden: 8192, attention: 12079595520, dense: 56371445760, head: 1050673152,
      mixers: [.init(layers: 80, entry: 2048, kvHeads: 8, queryHeads: 64, width: 256)]),
    "minimax-m2.5": StepSizes(
      layers: 62, hidden: 3072, attention: 2730491904, dense: 48758784, head: 614596608,
      expert: 14155776, experts: 256, picked: 8, routingLayers: 62,
      mixers: [.init(layers: 62, entry: 2048, kvHeads: 8, queryHeads: 48, width: 256)]),
    "qwen2.5-7b": StepSizes(
      layers: 28, hidden: 3584, attention: 822083584, dense: 5703204864, head: 544997376,
      mixers: [.init(layers: 28, entry: 1024, kvHeads: 4, queryHeads: 28, width: 256)]),
    "qwen3-235b-a22b": StepSizes(
      layers: 94, hidden: 4096, attention: 6702497792, dense: 49283072, head: 622329856,
      expert: 18874368, experts: 128, picked: 8, routingLayers: 94,
      mixers: [.init(layers: 94, entry: 1024, kvHeads: 4, queryHeads: 64, width: 256)]),
    "qwen3-30b-a3b": StepSizes(
      layers: 48, hidden: 2048, attention: 905969664, dense: 12582912, head: 311164928,
      expert: 4718592, experts: 128, picked: 8, routingLayers: 48,
      mixers: [.init(layers: 48, entry: 1024, kvHeads: 4, queryHeads: 32, width: 256)]),
  ]
}
