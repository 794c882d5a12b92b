import Models

/// The `model_type`s that are read, and what the family's own code takes where a configuration
/// does not say.
enum ModelFamily: String, CaseIterable {
  case llama, mistral, mixtral, yi, minicpm, mimo, phi3, phimoe, dbrx, opt, falcon, phi, olmo2,
    olmoe, persimmon
  case qwen2, qwen3, gemma, gemma2
  case qwen2MoE = "qwen2_moe"
  case qwen3MoE = "qwen3_moe"
  case qwen3Next = "qwen3_next"
  case qwen35 = "qwen3_5"
  case qwen35Text = "qwen3_5_text"
  case qwen35MoE = "qwen3_5_moe"
  case qwen35MoEText = "qwen3_5_moe_text"
  case gemma3
  case gemma3Text = "gemma3_text"
  case gemma4
  case gemma4Text = "gemma4_text"
  case llama4
  case llama4Text = "llama4_text"
  case gptOSS = "gpt_oss"
  case deepseek2 = "deepseek_v2"
  case deepseek3 = "deepseek_v3"
  case deepseek32 = "deepseek_v32"
  case deepseek4 = "deepseek_v4"
  case kimiK2 = "kimi_k2"
  case kimiK25 = "kimi_k25"
  case kimiK3 = "kimi_k3"
  case kimiLinear = "kimi_linear"
  case glmSparse = "glm_moe_dsa"
  case minimaxM2 = "minimax_m2"
  case minimaxM3 = "minimax_m3"
  case mimoV2Flash = "mimo_v2_flash"
  case step37 = "step3p7"
  case nemotronH = "nemotron_h"
  case nemotronNAS = "nemotron-nas"

  /// Whether the LM head is the embedding table when `tie_word_embeddings` is absent.
  var tiesEmbeddings: Bool {
    switch self {
    case .opt, .falcon, .gemma, .gemma2, .gemma3, .gemma3Text, .gemma4, .gemma4Text: true
    default: false
    }
  }

  /// Whether queries, keys and values have biases, and the output projection.
  func biases(_ keys: ConfigKeys) -> (input: Bool, output: Bool) {
    switch self {
    case .qwen2, .qwen2MoE: return (keys.flag("qkv_bias", otherwise: true), false)
    case .mimo: return (keys.flag("attention_bias", otherwise: true), false)
    case .phi, .persimmon: return (true, true)
    case .opt:
      let bias = keys.flag("enable_bias", otherwise: true)
      return (bias, bias)
    case .falcon:
      let bias = keys.flag("bias", otherwise: false)
      return (bias, bias)
    default:
      let bias = keys.flag("attention_bias", otherwise: self == .gptOSS)
      return (bias, bias && self != .mimoV2Flash)
    }
  }

  var queryKeyNorm: GroupedAttention.QueryKeyNorm {
    switch self {
    case .qwen3, .qwen3MoE, .qwen3Next, .qwen35, .qwen35Text, .qwen35MoE, .qwen35MoEText,
      .gemma3, .gemma3Text, .gemma4, .gemma4Text, .minimaxM3, .step37:
      .head
    case .olmo2, .olmoe, .minimaxM2: .full
    default: .none
    }
  }

  /// Norms of the model's width in one layer.
  var normCount: Int {
    switch self {
    case .gemma2, .gemma3, .gemma3Text: 4
    case .gemma4, .gemma4Text: 7
    case .falcon, .phi, .nemotronH: 1
    default: 2
    }
  }

  var norm: Norm {
    switch self {
    case .opt, .falcon, .phi, .phimoe, .persimmon: .scaleAndShift
    default: .scale
    }
  }
}
