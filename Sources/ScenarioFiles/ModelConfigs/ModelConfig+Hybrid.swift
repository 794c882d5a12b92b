import Models

extension ModelConfig {
  /// Qwen3-Next and Qwen3.5: gated-delta layers, and gated full attention in every fourth.
  static func deltaLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    var full = groupedAttention(keys, family)
    full.outputGate = keys.flag("attn_output_gate", otherwise: true)
    let mixer = RecurrentMixer(
      kind: .gatedDelta, keyHeads: keys.size("linear_num_key_heads"),
      valueHeads: keys.size("linear_num_value_heads"),
      keyDimension: keys.size("linear_key_head_dim"),
      valueDimension: keys.size("linear_value_head_dim"),
      kernel: keys.size("linear_conv_kernel_dim"))
    let interval = keys.size("full_attention_interval", otherwise: 4)
    let types = layerTypes(keys, count: count)
    let feedForwards = feedForwards(keys, family, count: count)
    return (0..<count).map { index in
      let isFull = types.map { $0[index] == .full } ?? (index + 1).isMultiple(of: interval)
      return Layer(
        attention: isFull ? .grouped(full) : .recurrent(mixer), feedForward: feedForwards[index])
    }
  }

  /// Kimi Linear and K3: Kimi-delta layers, latent attention in the layers listed (from 1).
  static func kimiLinearLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    guard let linear = keys.nested("linear_attn_config") else {
      _ = keys.missing("linear_attn_config", "a map of the linear layers' shape")
      return []
    }
    var full = latentAttention(keys)
    full.outputGate = keys.flag("mla_use_output_gate", otherwise: false)
    let heads = linear.size("num_heads")
    let dimension = linear.size("head_dim")
    var mixer = RecurrentMixer(
      kind: .kimiDelta, keyHeads: heads, valueHeads: heads, keyDimension: dimension,
      valueDimension: dimension, kernel: linear.size("short_conv_kernel_size"))
    mixer.fullRankGate = linear.flag("use_full_rank_gate", otherwise: false)
    let fullLayers = Set(linear.integers("full_attn_layers", in: 1...count) ?? [])
    let deltaLayers = Set(linear.integers("kda_layers", in: 1...count) ?? [])
    if fullLayers.count + deltaLayers.count != count || !fullLayers.isDisjoint(with: deltaLayers) {
      linear.conflict(
        "kda_layers", found: "\(deltaLayers.count) layers",
        mend: "kda_layers and full_attn_layers must name each of the \(count) layers once")
    }
    let feedForwards = feedForwards(keys, family, count: count).map { block in
      guard case .experts(var experts) = block else { return block }
      experts.latentWidth = keys.optionalSize("routed_expert_hidden_size")
      return .experts(experts)
    }
    return (0..<count).map { index in
      Layer(
        attention: fullLayers.contains(index + 1) ? .latent(full) : .recurrent(mixer),
        feedForward: feedForwards[index])
    }
  }

  /// Nemotron-H: each layer is one block, by a letter of `hybrid_override_pattern`.
  static func patternLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    guard let pattern = keys.value("hybrid_override_pattern"), let letters = pattern.text() else {
      _ = keys.missing("hybrid_override_pattern", "one of M, *, - and E for each layer")
      return []
    }
    guard letters.count == count else {
      keys.conflict(
        "hybrid_override_pattern", found: "\(letters.count) letters",
        mend: "give one letter for each of the \(count) layers")
      return []
    }
    let attention = Attention.grouped(groupedAttention(keys, family))
    let mixer = Attention.recurrent(mamba(keys))
    return letters.map { letter in
      switch letter {
      case "M": return Layer(attention: mixer, feedForward: .none, normCount: 1)
      case "*": return Layer(attention: attention, feedForward: .none, normCount: 1)
      case "-":
        return Layer(attention: .none, feedForward: .dense(plain(keys)), normCount: 1)
      case "E":
        return Layer(
          attention: .none, feedForward: .experts(plainExperts(keys, family)), normCount: 1)
      default:
        pattern.refuse(
          .unknownName(
            key: pattern.name, kind: "layer letter", found: String(letter),
            known: ["M", "*", "-", "E"]))
        return Layer(attention: .none, feedForward: .none, normCount: 1)
      }
    }
  }

  private static func mamba(_ keys: ConfigKeys) -> RecurrentMixer {
    var mixer = RecurrentMixer(
      kind: .mamba2, keyHeads: keys.size("n_groups"), valueHeads: keys.size("mamba_num_heads"),
      keyDimension: keys.size("ssm_state_size"), valueDimension: keys.size("mamba_head_dim"),
      kernel: keys.size("conv_kernel"))
    mixer.kernelBias = keys.flag("use_conv_bias", otherwise: true)
    return mixer
  }

  private static func plain(_ keys: ConfigKeys) -> DenseFeedForward {
    DenseFeedForward(
      intermediate: keys.size("intermediate_size"), gated: false, activation: activation(keys),
      bias: keys.flag("mlp_bias", otherwise: false))
  }

  private static func plainExperts(_ keys: ConfigKeys, _ family: ModelFamily) -> ExpertFeedForward {
    var experts = experts(keys, family)
    experts.expert.gated = false
    experts.shared?.gated = false
    return experts
  }
}
