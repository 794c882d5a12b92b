import Models

extension ModelConfig {
  /// Nemotron-NAS: each layer's attention and feed-forward width were searched for, and are given
  /// in `block_configs`.
  static func blockLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    guard let items = keys.value("block_configs")?.list("a list of layers") else {
      if keys.value("block_configs") == nil {
        _ = keys.missing("block_configs", "a list with the shape of each layer")
      }
      return []
    }
    guard requireLength(items.count, count, keys, "block_configs") else { return [] }
    let heads = keys.size("num_attention_heads")
    let hidden = keys.size("hidden_size")
    let base = GroupedAttention(
      queryHeads: heads, kvHeads: heads,
      keyDimension: headDimension(keys, hidden: hidden, heads: heads))
    let activation = activation(keys)
    return items.compactMap { item in
      guard let map = item.map() else { return nil }
      let block = ConfigKeys(map: map, modelType: keys.modelType)
      let attention = attention(of: block, base: base)
      let width = width(of: block, hidden: hidden)
      let norms = (attention == .none ? 0 : 1) + (width == nil ? 0 : 1)
      let dense = width.map {
        FeedForward.dense(
          DenseFeedForward(intermediate: $0, gated: true, activation: activation))
      }
      return Layer(attention: attention, feedForward: dense ?? .none, normCount: norms)
    }
  }

  private static func attention(of block: ConfigKeys, base: GroupedAttention) -> Attention {
    guard let part = block.nested("attention") else {
      _ = block.missing("attention", "a map of keys")
      return .none
    }
    refuseLinear(part)
    guard !part.flag("no_op", otherwise: false) else { return .none }
    let group = part.size("n_heads_in_group")
    guard base.queryHeads.isMultiple(of: group) else {
      part.conflict(
        "n_heads_in_group", found: "\(group)",
        mend: "give a divisor of the \(base.queryHeads) heads")
      return .none
    }
    var attention = base
    attention.kvHeads = base.queryHeads / group
    attention.window = part.optionalSize("window_length")
    return .grouped(attention)
  }

  /// `2/3 ffn_mult hidden`, rounded up to a multiple of 256; nil for a layer without the block.
  private static func width(of block: ConfigKeys, hidden: Int) -> Int? {
    guard let part = block.nested("ffn") else {
      _ = block.missing("ffn", "a map of keys")
      return nil
    }
    refuseLinear(part)
    guard !part.flag("no_op", otherwise: false) else { return nil }
    guard let value = part.value("ffn_mult") else {
      _ = part.missing("ffn_mult", "a number")
      return nil
    }
    guard let factor = value.number(in: 0.001...1024) else { return nil }
    let width = Int(2 * factor * Double(hidden) / 3)
    return (width + 255) / 256 * 256
  }

  private static func refuseLinear(_ part: ConfigKeys) {
    guard part.flag("replace_with_linear", otherwise: false) else { return }
    part.conflict(
      "replace_with_linear", found: "true",
      mend: "its weights cannot be derived; only false is read")
  }
}
