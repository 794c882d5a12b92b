import Models

extension ModelConfig {
  /// Gemma 4: windowed layers and full ones with wider heads whose values are their keys; a dense
  /// block beside the experts, which is read here as their shared expert.
  static func gemma4Layers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    refuseUncounted(keys, ["hidden_size_per_layer_input", "num_kv_shared_layers"])
    let sliding = groupedAttention(keys, family)
    let window = keys.size("sliding_window")
    var full = sliding
    full.keyDimension = keys.size("global_head_dim", otherwise: sliding.keyDimension)
    full.valueDimension = full.keyDimension
    full.kvHeads = keys.size("num_global_key_value_heads", otherwise: sliding.kvHeads)
    requireWholeGroups(
      keys, heads: full.queryHeads, kvHeads: full.kvHeads, key: "num_global_key_value_heads")
    full.valueIsKey = keys.flag("attention_k_eq_v", otherwise: false)
    let dense = dense(keys, family)
    var feedForward = FeedForward.dense(dense)
    if keys.flag("enable_moe_block", otherwise: false) {
      var experts = experts(keys, family)
      experts.sharedCount = 1
      experts.shared = dense
      feedForward = .experts(experts)
    }
    guard let types = layerTypes(keys, count: count) else {
      if keys.value("layer_types") == nil {
        _ = keys.missing("layer_types", "a list with the attention of each layer")
      }
      return []
    }
    return types.map { type in
      var attention = type == .full ? full : sliding
      if type != .full { attention.window = window }
      return Layer(
        attention: .grouped(attention), feedForward: feedForward,
        normCount: feedForward.isExperts ? family.normCount : 4)
    }
  }

  /// MiMo-V2-Flash: windowed layers with their own heads, value heads narrower than key heads.
  static func mimoLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    var full = groupedAttention(keys, family)
    full.valueDimension = keys.size("v_head_dim", otherwise: full.keyDimension)
    full.sinks = keys.flag("add_full_attention_sink_bias", otherwise: false)
    var sliding = full
    sliding.queryHeads = keys.size("swa_num_attention_heads")
    sliding.kvHeads = keys.size("swa_num_key_value_heads")
    sliding.keyDimension = keys.size("swa_head_dim")
    sliding.valueDimension = keys.size("swa_v_head_dim")
    sliding.window = keys.size("sliding_window")
    sliding.sinks = keys.flag("add_swa_attention_sink_bias", otherwise: false)
    requireWholeGroups(
      keys, heads: sliding.queryHeads, kvHeads: sliding.kvHeads, key: "swa_num_key_value_heads")
    let feedForwards = feedForwards(keys, family, count: count)
    guard let places = keys.integers("hybrid_layer_pattern", in: 0...1) else {
      _ = keys.missing("hybrid_layer_pattern", "a list with 1 for each windowed layer")
      return []
    }
    guard requireLength(places.count, count, keys, "hybrid_layer_pattern") else { return [] }
    return (0..<count).map { index in
      Layer(
        attention: .grouped(places[index] == 1 ? sliding : full),
        feedForward: feedForwards[index])
    }
  }

  /// DBRX: its shape is under `attn_config` and `ffn_config`; norms have no shift.
  static func dbrxLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("n_layers")
    let hidden = keys.size("d_model")
    let heads = keys.size("n_heads")
    guard let attention = keys.nested("attn_config"), let blocks = keys.nested("ffn_config") else {
      let absent = keys.value("attn_config") == nil ? "attn_config" : "ffn_config"
      if keys.value(absent) == nil { _ = keys.missing(absent, "a map of keys") }
      return []
    }
    let kvHeads = attention.size("kv_n_heads")
    requireWholeGroups(attention, heads: heads, kvHeads: kvHeads, key: "kv_n_heads")
    let grouped = GroupedAttention(
      queryHeads: heads, kvHeads: kvHeads,
      keyDimension: headDimension(keys, hidden: hidden, heads: heads))
    let expertCount = blocks.size("moe_num_experts")
    let topK = blocks.size("moe_top_k")
    if topK > expertCount {
      blocks.conflict(
        "moe_top_k", found: "\(topK)", mend: "give at most the \(expertCount) experts there are")
    }
    let experts = ExpertFeedForward(
      count: expertCount, topK: topK,
      expert: DenseFeedForward(
        intermediate: blocks.size("ffn_hidden_size"), gated: true, activation: .silu))
    let layer = Layer(attention: .grouped(grouped), feedForward: .experts(experts))
    return Array(repeating: layer, count: count)
  }

  /// Refuses keys that, when not 0, stand for weights that this reader does not count.
  static func refuseUncounted(_ keys: ConfigKeys, _ names: [String]) {
    for name in names {
      guard let size = keys.optionalSize(name, least: 0), size > 0 else { continue }
      keys.conflict(
        name, found: "\(size)", mend: "its weights cannot be derived; only 0 is read")
    }
  }
}

extension FeedForward {
  /// Whether the block has routed experts.
  fileprivate var isExperts: Bool {
    guard case .experts = self else { return false }
    return true
  }
}
