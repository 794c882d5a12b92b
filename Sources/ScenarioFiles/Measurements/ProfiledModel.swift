/// The sizes of a model whose layers were profiled one by one, on one of the devices that share it.
struct ProfiledModel {
  /// `llama`: models of one make share kernels.
  var make: String
  var hidden: Int
  var heads: Int
  var kvHeads: Int
  var headDimension: Int
  /// Width of a feed-forward block, or of one expert.
  var inner: Int
  var vocabulary: Int
  var experts = 0
  /// Query and KV heads of all devices: the norm of heads is not shared out.
  var allHeads: Int

  /// By the name of the file: `llmservingsim_Qwen3-32B_tp2_dense.csv.gz`; nil for a model whose
  /// sizes are not known here.
  static func named(in file: String) -> ProfiledModel? {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    guard var model = known.first(where: { name.contains($0.name) })?.model else { return nil }
    let parts = name.split(separator: "_")
    if let part = parts.first(where: { $0.hasPrefix("tp") }), let share = Int(part.dropFirst(2)),
      (2...1024).contains(share)
    {
      model.heads = max(1, model.heads / share)
      model.kvHeads = max(1, model.kvHeads / share)
      model.inner = max(1, model.inner / share)
      model.vocabulary = max(1, model.vocabulary / share)
    }
    return model
  }

  private static let known: [(name: String, model: ProfiledModel)] = [
    (
      "Llama-3.1-8B",
      ProfiledModel(
        make: "llama", hidden: 4096, heads: 32, kvHeads: 8, headDimension: 128, inner: 14336,
        vocabulary: 128_256, allHeads: 40)
    ),
    (
      "Qwen3-32B",
      ProfiledModel(
        make: "qwen3", hidden: 5120, heads: 64, kvHeads: 8, headDimension: 128, inner: 25600,
        vocabulary: 151_936, allHeads: 72)
    ),
    (
      "Qwen3-30B-A3B",
      ProfiledModel(
        make: "qwen3", hidden: 2048, heads: 32, kvHeads: 4, headDimension: 128, inner: 768,
        vocabulary: 151_936, experts: 128, allHeads: 36)
    ),
    (
      "Phi-mini-MoE",
      ProfiledModel(
        make: "phi", hidden: 4096, heads: 32, kvHeads: 8, headDimension: 128, inner: 960,
        vocabulary: 32_064, experts: 16, allHeads: 40)
    ),
  ]

  /// Columns and depth of a product by the name of its layer; nil where it is no product.
  func product(_ layer: String) -> (n: Int, k: Int)? {
    let (queries, keys) = (heads * headDimension, kvHeads * headDimension)
    switch layer {
    case "qkv_proj": return (queries + 2 * keys, hidden)
    case "q_proj": return (queries, hidden)
    case "k_proj", "v_proj": return (keys, hidden)
    case "o_proj": return (hidden, queries)
    case "gate_up_proj": return (2 * inner, hidden)
    case "gate_proj", "up_proj", "expert.w1", "expert.w3": return (inner, hidden)
    case "down_proj", "expert.w2": return (hidden, inner)
    case "gate": return experts > 0 ? (experts, hidden) : nil
    case "lm_head": return (vocabulary, hidden)
    default: return nil
    }
  }

  /// Numbers that an element-wise layer reads and writes for each token; nil where it is none.
  func elements(_ layer: String) -> Int? {
    switch layer {
    case "embedding": 2 * hidden
    case "layernorm", "final_layernorm", "input_layernorm", "post_layernorm": 4 * hidden
    case "act_fn": 3 * inner
    case "rotary_emb", "rope": 2 * (heads + kvHeads) * headDimension
    case "qk_norm": 2 * allHeads * headDimension
    case "sampler": 2 * vocabulary
    default: nil
    }
  }
}
