import Models

extension ModelConfig {
  /// OPT, Falcon, Phi and Persimmon: layer norms with shifts, two-matrix feed-forward blocks.
  static func classicLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    let hidden = keys.size("hidden_size")
    var attention = classicAttention(keys, family)
    let bias = family.biases(keys)
    attention.inputBias = bias.input
    attention.outputBias = bias.output
    if family == .persimmon, keys.flag("qk_layernorm", otherwise: true) {
      attention.queryKeyNorm = .headScaleAndShift
    }
    let feedForward = DenseFeedForward(
      intermediate: classicWidth(keys, family, hidden: hidden), gated: false,
      activation: activation(keys), bias: bias.output)
    if keys.flag("gated_mlp", otherwise: false) {
      keys.conflict("gated_mlp", found: "true", mend: "this family has two matrices; drop it")
    }
    if family == .opt, let width = keys.optionalSize("word_embed_proj_dim"), width != hidden {
      keys.conflict(
        "word_embed_proj_dim", found: "\(width)",
        mend: "embeddings narrower than hidden_size are not read")
    }
    let layer = Layer(
      attention: .grouped(attention), feedForward: .dense(feedForward), norm: .scaleAndShift,
      normCount: classicNorms(keys, family))
    return Array(repeating: layer, count: count)
  }

  private static func classicAttention(
    _ keys: ConfigKeys, _ family: ModelFamily
  ) -> GroupedAttention {
    guard family == .falcon else { return groupedAttention(keys, family) }
    let heads = keys.size("num_attention_heads")
    let grouped = keys.flag("new_decoder_architecture", otherwise: false)
    let shared = keys.flag("multi_query", otherwise: true)
    let kvHeads =
      grouped
      ? keys.size(anyOf: ["num_kv_heads", "num_key_value_heads"]) : (shared ? 1 : heads)
    requireWholeGroups(keys, heads: heads, kvHeads: kvHeads, key: "num_kv_heads")
    if !grouped, let stated = keys.optionalSize("num_key_value_heads"), stated != kvHeads {
      keys.conflict(
        "num_key_value_heads", found: "\(stated)",
        mend: "multi_query \(shared) means \(kvHeads); mend one of them")
    }
    return GroupedAttention(
      queryHeads: heads, kvHeads: kvHeads,
      keyDimension: headDimension(keys, hidden: keys.size("hidden_size"), heads: heads))
  }

  /// OPT calls the width `ffn_dim`; Falcon's is four times the model's unless given.
  private static func classicWidth(
    _ keys: ConfigKeys, _ family: ModelFamily, hidden: Int
  ) -> Int {
    switch family {
    case .opt: keys.size(anyOf: ["ffn_dim", "intermediate_size"])
    case .falcon:
      keys.optionalSize(anyOf: ["ffn_hidden_size", "intermediate_size"]) ?? 4 * hidden
    default: keys.size("intermediate_size")
    }
  }

  /// Falcon's parallel blocks share one norm, unless the new architecture gives each its own.
  private static func classicNorms(_ keys: ConfigKeys, _ family: ModelFamily) -> Int {
    guard family == .falcon else { return family.normCount }
    let parallel = keys.flag("parallel_attn", otherwise: true)
    return parallel && !keys.flag("new_decoder_architecture", otherwise: false) ? 1 : 2
  }
}
