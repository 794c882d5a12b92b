import Diagnostics
import Models

extension ModelConfig {
  static let expertCountKeys = ["n_routed_experts", "num_experts", "num_local_experts"]
  static let topKKeys = ["num_experts_per_tok", "num_experts_per_token", "top_k_experts"]

  /// The feed-forward block of each layer.
  static func feedForwards(
    _ keys: ConfigKeys, _ family: ModelFamily, count: Int
  ) -> [FeedForward] {
    guard keys.optionalSize(anyOf: expertCountKeys) != nil else {
      return Array(repeating: .dense(dense(keys, family)), count: count)
    }
    let places = expertLayers(keys, family, count: count)
    let experts = FeedForward.experts(experts(keys, family))
    guard places.contains(false) else { return Array(repeating: experts, count: count) }
    let dense = FeedForward.dense(dense(keys, family))
    return places.map { $0 ? experts : dense }
  }

  /// The block of a layer without experts.
  static func dense(_ keys: ConfigKeys, _ family: ModelFamily) -> DenseFeedForward {
    let widthKeys: [String] =
      switch family {
      case .llama4, .llama4Text: ["intermediate_size_mlp"]
      case .minimaxM3: ["dense_intermediate_size"]
      default: ["intermediate_size"]
      }
    return DenseFeedForward(
      intermediate: keys.size(anyOf: widthKeys), gated: true, activation: activation(keys),
      bias: keys.flag("mlp_bias", otherwise: false))
  }

  /// The routed and shared experts of a layer with experts.
  static func experts(_ keys: ConfigKeys, _ family: ModelFamily) -> ExpertFeedForward {
    let count = keys.size(anyOf: expertCountKeys)
    let topK = keys.size(anyOf: topKKeys)
    requireTopK(keys, topK, of: count)
    let activation = activation(keys)
    let widthKeys =
      keys.value("moe_intermediate_size") == nil
      ? ["intermediate_size"] : ["moe_intermediate_size"]
    let expert = DenseFeedForward(
      intermediate: keys.size(anyOf: widthKeys), gated: true, activation: activation,
      bias: family == .gptOSS)
    var experts = ExpertFeedForward(count: count, topK: topK, expert: expert)
    if let shared = sharedExperts(keys, family, expert: expert) {
      experts.sharedCount = shared.count
      experts.shared = shared.shape
    }
    experts.sharedGate = experts.shared != nil && gatesSharedExpert(family)
    experts.routerBias = correctsRouter(keys, family)
    return experts
  }

  static func requireTopK(_ keys: ConfigKeys, _ topK: Int, of count: Int) {
    guard topK > count else { return }
    let key = topKKeys.first { keys.value($0) != nil } ?? topKKeys[0]
    keys.conflict(key, found: "\(topK)", mend: "give at most the \(count) experts there are")
  }

  private static func sharedExperts(
    _ keys: ConfigKeys, _ family: ModelFamily, expert: DenseFeedForward
  ) -> (count: Int, shape: DenseFeedForward)? {
    var shape = expert
    if family == .llama4 || family == .llama4Text { return (1, shape) }
    let countKeys = ["n_shared_experts", "num_shared_experts"]
    let count = keys.optionalSize(anyOf: countKeys, least: 0)
    let width = keys.optionalSize(
      anyOf: [
        "shared_expert_intermediate_size", "shared_intermediate_size", "share_expert_dim",
        "moe_shared_expert_intermediate_size",
      ], least: 0)
    if let width {
      guard width > 0, count ?? 1 > 0 else { return nil }
      shape.intermediate = width
      return (count ?? 1, shape)
    }
    guard let count, count > 0 else { return nil }
    return (count, shape)
  }

  private static func gatesSharedExpert(_ family: ModelFamily) -> Bool {
    switch family {
    case .qwen2MoE, .qwen3Next, .qwen35MoE, .qwen35MoEText: true
    default: false
    }
  }

  /// Whether the router has one number an expert beside its matrix.
  private static func correctsRouter(_ keys: ConfigKeys, _ family: ModelFamily) -> Bool {
    switch family {
    case .gptOSS, .nemotronH, .kimiLinear, .kimiK3: return true
    case .minimaxM2, .minimaxM3: return keys.flag("use_routing_bias", otherwise: true)
    case .step37: return keys.flag("use_moe_router_bias", otherwise: false)
    default: return keys.text("topk_method") == "noaux_tc"
    }
  }

  /// The nonlinearity, whichever of its names the family uses.
  static func activation(_ keys: ConfigKeys) -> Activation {
    let names = ["hidden_activation", "hidden_act", "mlp_hidden_act", "activation_function"]
    for name in names {
      guard let value = keys.value(name), let word = value.text() else { continue }
      if let known = activations[word] { return known }
      value.refuse(
        .unknownName(
          key: value.name, kind: "activation", found: word, known: activations.keys.sorted()))
      return .silu
    }
    // Step-3 files leave the key out; the family's code has only this one.
    if keys.modelType == ModelFamily.step37.rawValue { return .silu }
    _ = keys.missing("hidden_act", "one of \(activations.keys.sorted().joined(separator: ", "))")
    return .silu
  }

  /// Names in use. Bounded and approximated variants count as their parent: they have the same
  /// cost and the same zeros.
  static let activations: [String: Activation] = [
    "relu": .relu, "relu2": .relu2, "silu": .silu, "swish": .silu, "swigluoai": .silu,
    "gelu": .gelu, "gelu_new": .gelu, "gelu_fast": .gelu, "gelu_pytorch_tanh": .gelu,
    "situ": .situ,
  ]
}
