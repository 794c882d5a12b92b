import Diagnostics
import Models

extension ModelConfig {
  /// The words of `layer_types`.
  enum LayerType: String, CaseIterable {
    case full = "full_attention"
    case sliding = "sliding_attention"
    case chunked = "chunked_attention"
    case linear = "linear_attention"
  }

  /// `layer_types`, one for each layer, or nil when the key is absent or faulty.
  static func layerTypes(_ keys: ConfigKeys, count: Int) -> [LayerType]? {
    guard let items = keys.value("layer_types")?.list("a list of layer types") else { return nil }
    guard requireLength(items.count, count, keys, "layer_types") else { return nil }
    return items.map { $0.choice(LayerType.self, kind: "layer type") ?? .full }
  }

  /// Holds a list of one entry a layer against the number of layers.
  static func requireLength(
    _ length: Int, _ count: Int, _ keys: ConfigKeys, _ key: String
  ) -> Bool {
    guard length != count else { return true }
    keys.conflict(
      key, found: "a list of \(length)",
      mend: "give one entry for each of the \(count) layers")
    return false
  }

  /// Which layers have experts, from the keys of the families that mix dense and expert layers.
  static func expertLayers(_ keys: ConfigKeys, _ family: ModelFamily, count: Int) -> [Bool] {
    if let items = keys.value("mlp_layer_types")?.list("a list of dense and sparse") {
      guard requireLength(items.count, count, keys, "mlp_layer_types") else {
        return Array(repeating: true, count: count)
      }
      return items.map { item in
        guard let word = item.text(), word != "sparse" else { return true }
        if word != "dense" {
          item.refuse(
            .unknownName(
              key: item.name, kind: "feed-forward type", found: word, known: ["dense", "sparse"]))
        }
        return false
      }
    }
    let firstDense = keys.optionalSize("first_k_dense_replace", least: 0) ?? 0
    if let value = keys.value("moe_layer_freq"), value.isList {
      let places = keys.integers("moe_layer_freq", in: 0...1) ?? []
      guard requireLength(places.count, count, keys, "moe_layer_freq") else {
        return Array(repeating: true, count: count)
      }
      return places.map { $0 == 1 }
    }
    if family == .llama4 || family == .llama4Text {
      let step = keys.size("interleave_moe_layer_step", otherwise: 1)
      return (0..<count).map { ($0 + 1).isMultiple(of: step) }
    }
    let dense = Set(keys.integers("mlp_only_layers", in: 0...(1 << 20)) ?? [])
    let step = keys.size("decoder_sparse_step", otherwise: 1)
    let frequency = keys.size("moe_layer_freq", otherwise: 1)
    return (0..<count).map { index in
      index >= firstDense && index.isMultiple(of: frequency) && (index + 1).isMultiple(of: step)
        && !dense.contains(index)
    }
  }
}
