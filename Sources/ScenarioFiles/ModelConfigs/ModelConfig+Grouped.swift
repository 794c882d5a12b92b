import Models

extension ModelConfig {
  /// Families of grouped attention, windows for some layers, and dense or expert feed-forward.
  static func groupedLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size(anyOf: layerKeys)
    let full = groupedAttention(keys, family)
    let windows = windows(keys, family, count: count)
    let feedForwards = feedForwards(keys, family, count: count)
    let indexers = blockIndexers(keys, family, count: count)
    return (0..<count).map { index in
      var attention = full
      attention.window = windows[index]
      attention.indexer = indexers[index]
      return Layer(
        attention: .grouped(attention), feedForward: feedForwards[index], norm: family.norm,
        normCount: family.normCount)
    }
  }

  /// Heads, key and value widths, biases and norms of one layer without a window.
  static func groupedAttention(_ keys: ConfigKeys, _ family: ModelFamily) -> GroupedAttention {
    let hidden = keys.size(anyOf: hiddenKeys)
    let heads = keys.size(anyOf: headKeys)
    let kvHeads = keys.size("num_key_value_heads", otherwise: heads)
    requireWholeGroups(keys, heads: heads, kvHeads: kvHeads, key: "num_key_value_heads")
    let dimension = keys.optionalSize(anyOf: ["head_dim", "attention_head_dim"])
    var attention = GroupedAttention(
      queryHeads: heads, kvHeads: kvHeads,
      keyDimension: dimension ?? headDimension(keys, hidden: hidden, heads: heads))
    let bias = family.biases(keys)
    attention.inputBias = bias.input
    attention.outputBias = bias.output
    attention.queryKeyNorm = family.queryKeyNorm
    attention.sinks = family == .gptOSS
    attention.outputGate = keys.flag("attention_output_gate", otherwise: false)
    return attention
  }

  /// `hidden / heads`, the head width of a file that does not give `head_dim`.
  static func headDimension(_ keys: ConfigKeys, hidden: Int, heads: Int) -> Int {
    guard hidden.isMultiple(of: heads) else {
      keys.conflict(
        headKeys.first { keys.value($0) != nil } ?? headKeys[0], found: "\(heads)",
        mend: "give head_dim, or a divisor of hidden_size \(hidden)")
      return 1
    }
    return hidden / heads
  }

  static func requireWholeGroups(_ keys: ConfigKeys, heads: Int, kvHeads: Int, key: String) {
    guard !heads.isMultiple(of: kvHeads) else { return }
    keys.conflict(
      key, found: "\(kvHeads)", mend: "give a divisor of the \(heads) attention heads")
  }

  /// The window of each layer, nil for full attention.
  static func windows(_ keys: ConfigKeys, _ family: ModelFamily, count: Int) -> [Int?] {
    let none = [Int?](repeating: nil, count: count)
    if family == .llama4 || family == .llama4Text { return chunks(keys, count: count) }
    let window = boundingWindow(keys)
    if let types = layerTypes(keys, count: count) {
      return windows(ofTypes: types, window: window, keys)
    }
    guard let window else { return none }
    switch family {
    case .gemma2: return (0..<count).map { $0.isMultiple(of: 2) ? window : nil }
    case .gemma3, .gemma3Text:
      let pattern = keys.size("sliding_window_pattern", otherwise: 6)
      return (0..<count).map { ($0 + 1).isMultiple(of: pattern) ? nil : window }
    case .gptOSS: return (0..<count).map { $0.isMultiple(of: 2) ? window : nil }
    case .mistral, .mixtral, .phi3, .phimoe: return Array(repeating: window, count: count)
    case .qwen2, .qwen2MoE, .qwen3, .qwen3MoE, .mimo:
      guard keys.flag("use_sliding_window", otherwise: false) else { return none }
      let first = keys.optionalSize("max_window_layers", least: 0) ?? count
      return (0..<count).map { $0 >= first ? window : nil }
    default: return none
    }
  }

  /// The window of layers that slide; nil without one, or when no context outgrows it.
  private static func boundingWindow(_ keys: ConfigKeys) -> Int? {
    guard let window = keys.optionalSize(anyOf: ["sliding_window", "sliding_window_size"]),
      window < keys.optionalSize("max_position_embeddings") ?? .max
    else { return nil }
    return window
  }

  private static func windows(
    ofTypes types: [LayerType], window: Int?, _ keys: ConfigKeys
  ) -> [Int?] {
    if types.contains(.sliding), keys.value("sliding_window") == nil {
      _ = keys.missing("sliding_window", "the window of the layers that slide")
    }
    if let other = types.first(where: { $0 != .sliding && $0 != .full }) {
      keys.conflict(
        "layer_types", found: other.rawValue,
        mend: "a \(keys.modelType) model has full and sliding attention only")
    }
    return types.map { $0 == .sliding ? window : nil }
  }

  /// Llama 4: attention within chunks, but for every fourth layer.
  private static func chunks(_ keys: ConfigKeys, count: Int) -> [Int?] {
    let chunk = keys.optionalSize("attention_chunk_size")
    let interval = keys.size("no_rope_layer_interval", otherwise: 4)
    return (0..<count).map { ($0 + 1).isMultiple(of: interval) ? nil : chunk }
  }

  /// MiniMax-M3: layers that choose blocks of the cache with a small attention of their own.
  private static func blockIndexers(
    _ keys: ConfigKeys, _ family: ModelFamily, count: Int
  ) -> [Indexer?] {
    let none = [Indexer?](repeating: nil, count: count)
    guard family == .minimaxM3, let sparse = keys.nested("sparse_attention_config"),
      sparse.flag("use_sparse_attention", otherwise: false)
    else { return none }
    let indexer = Indexer(
      heads: sparse.size("sparse_num_index_heads"), dimension: sparse.size("sparse_index_dim"),
      topK: sparse.size("sparse_topk_blocks"), blockTokens: sparse.size("sparse_block_size"))
    guard let places = sparse.integers("sparse_attention_freq", in: 0...1) else {
      return Array(repeating: indexer, count: count)
    }
    guard requireLength(places.count, count, sparse, "sparse_attention_freq") else { return none }
    return places.map { $0 == 1 ? indexer : nil }
  }
}
