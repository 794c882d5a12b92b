import Models

extension ModelConfig {
  /// DeepSeek-V2 to V3.2, Kimi-K2 and GLM-5: latent attention, dense layers first, then experts.
  static func latentLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    let attention = latentAttention(keys)
    let indexers = tokenIndexers(keys, family, count: count)
    let feedForwards = feedForwards(keys, family, count: count)
    return (0..<count).map { index in
      var attention = attention
      attention.indexer = indexers[index]
      return Layer(attention: .latent(attention), feedForward: feedForwards[index])
    }
  }

  static func latentAttention(_ keys: ConfigKeys) -> LatentAttention {
    LatentAttention(
      heads: keys.size("num_attention_heads"), queryRank: keys.optionalSize("q_lora_rank"),
      kvRank: keys.size("kv_lora_rank"), ropeDimension: keys.size("qk_rope_head_dim"),
      nopeDimension: keys.size("qk_nope_head_dim"), valueDimension: keys.size("v_head_dim"))
  }

  /// The token choosers of DeepSeek-V3.2 and GLM-5. GLM-5.2 lets layers reuse an earlier choice.
  private static func tokenIndexers(
    _ keys: ConfigKeys, _ family: ModelFamily, count: Int
  ) -> [Indexer?] {
    guard family == .deepseek32 || family == .glmSparse else {
      return Array(repeating: nil, count: count)
    }
    let indexer = Indexer(
      heads: keys.size("index_n_heads"), dimension: keys.size("index_head_dim"),
      topK: keys.size("index_topk"))
    var reusing = indexer
    reusing.reused = true
    let all = [Indexer?](repeating: indexer, count: count)
    guard let items = keys.value("indexer_types")?.list("a list of full and shared") else {
      return all
    }
    guard requireLength(items.count, count, keys, "indexer_types") else { return all }
    return items.map { item in
      guard let word = item.text(), word != "full" else { return indexer }
      if word != "shared" {
        item.refuse(
          .unknownName(
            key: item.name, kind: "indexer type", found: word, known: ["full", "shared"]))
      }
      return reusing
    }
  }

  /// DeepSeek-V4: a window of shared key-values, compressed entries by `compress_ratios`, experts
  /// in every layer, and a residual kept in `hc_mult` streams.
  static func compressedLayers(_ keys: ConfigKeys, _ family: ModelFamily) -> [Layer] {
    let count = keys.size("num_hidden_layers")
    let indexer = Indexer(
      heads: keys.size("index_n_heads"), dimension: keys.size("index_head_dim"),
      topK: keys.size("index_topk"))
    let heads = keys.size("num_attention_heads")
    let groups = keys.size("o_groups")
    if !heads.isMultiple(of: groups) {
      keys.conflict("o_groups", found: "\(groups)", mend: "give a divisor of the \(heads) heads")
    }
    let window = CompressedAttention(
      heads: heads, headDimension: keys.size("head_dim"), queryRank: keys.size("q_lora_rank"),
      outputGroups: groups, outputRank: keys.size("o_lora_rank"),
      window: keys.size("sliding_window"), ratio: 0, indexer: nil, overlapping: false)
    let experts = experts(keys, family)
    let hashed = keys.optionalSize("num_hash_layers", least: 0) ?? 0
    let ratios = compressRatios(keys, count: count)
    return (0..<count).map { index in
      var attention = window
      attention.ratio = ratios[index]
      // Entries for few tokens are many: those layers choose among them and overlap their runs.
      attention.overlapping = ratios[index] == chosenRatio
      attention.indexer = attention.overlapping ? indexer : nil
      var experts = experts
      experts.routesByToken = index < hashed
      experts.routerBias = index >= hashed
      var layer = Layer(attention: .compressed(attention), feedForward: .experts(experts))
      layer.residualStreams = keys.size("hc_mult", otherwise: 1)
      return layer
    }
  }

  /// The compression ratio at which DeepSeek-V4 layers have an indexer.
  private static let chosenRatio = 4

  /// The list also covers the prediction heads behind the last layer, which are not counted.
  private static func compressRatios(_ keys: ConfigKeys, count: Int) -> [Int] {
    let none = Array(repeating: 0, count: count)
    guard let ratios = keys.integers("compress_ratios", in: 0...(1 << 20)) else {
      _ = keys.missing("compress_ratios", "a list with the ratio of each layer")
      return none
    }
    guard ratios.count >= count else {
      _ = requireLength(ratios.count, count, keys, "compress_ratios")
      return none
    }
    return Array(ratios.prefix(count))
  }
}
