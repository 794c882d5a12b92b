import Diagnostics
import Models

extension ModelConfig {
  /// Reads the `model:` map of a scenario: a transformer of equal layers (but for dense layers
  /// before the experts), in this project's own words. Unknown keys are faults.
  ///
  /// `kv-heads` is `heads` unless given, and `head-dimension` is `hidden / heads`. Returns nil when
  /// the map has faults, which `reader.faults` then holds.
  public static func inline(_ reader: MapReader) -> Model? {
    let before = reader.faults.all.count
    let keys = ConfigKeys(map: reader, modelType: "inline")
    let name = keys.text("name") ?? "inline"
    let hidden = keys.size("hidden")
    let count = keys.size("layers")
    let vocabulary = keys.size("vocabulary")
    let tied = requiredFlag(keys, "tied")
    let attention = inlineAttention(keys, hidden: hidden)
    let feedForwards = inlineFeedForwards(keys, count: count)
    let context = keys.optionalSize("context")
    reader.finish()
    guard reader.faults.all.count == before else { return nil }
    var model = Model(
      name: name, hidden: hidden, vocabulary: vocabulary, tiedEmbeddings: tied,
      layers: feedForwards.map { Layer(attention: .grouped(attention), feedForward: $0) })
    model.maximumContext = context
    return model
  }

  private static func inlineAttention(_ keys: ConfigKeys, hidden: Int) -> GroupedAttention {
    let heads = keys.size("heads")
    let kvHeads = keys.size("kv-heads", otherwise: heads)
    if !heads.isMultiple(of: kvHeads) {
      keys.conflict(
        "kv-heads", found: "\(kvHeads)", mend: "give a divisor of the \(heads) heads")
    }
    let dimension = keys.optionalSize("head-dimension")
    if dimension == nil, !hidden.isMultiple(of: heads) {
      keys.conflict(
        "heads", found: "\(heads)", mend: "give head-dimension, or a divisor of hidden \(hidden)")
    }
    return GroupedAttention(
      queryHeads: heads, kvHeads: kvHeads, keyDimension: dimension ?? max(1, hidden / heads),
      window: keys.optionalSize("window"))
  }

  private static func inlineFeedForwards(_ keys: ConfigKeys, count: Int) -> [FeedForward] {
    let gated = requiredFlag(keys, "gated")
    let activation =
      keys.map.required("activation", "one of \(words)")?
      .choice(Activation.self, kind: "activation") ?? .silu
    func block(_ width: Int) -> DenseFeedForward {
      DenseFeedForward(intermediate: width, gated: gated, activation: activation)
    }
    guard let experts = keys.optionalSize("experts") else {
      return Array(repeating: .dense(block(keys.size("ffn"))), count: count)
    }
    let topK = keys.size("top-k")
    if topK > experts {
      keys.conflict("top-k", found: "\(topK)", mend: "give at most the \(experts) experts")
    }
    let width = keys.size("expert-ffn")
    var mixture = ExpertFeedForward(count: experts, topK: topK, expert: block(width))
    mixture.sharedCount = keys.optionalSize("shared-experts", least: 0) ?? 0
    let sharedWidth = keys.optionalSize("shared-ffn")
    if mixture.sharedCount > 0 {
      mixture.shared = block(sharedWidth ?? width)
    } else if let sharedWidth {
      keys.conflict("shared-ffn", found: "\(sharedWidth)", mend: "give shared-experts too")
    }
    let dense = keys.optionalSize("dense-layers", least: 0) ?? 0
    guard dense > 0 else { return Array(repeating: .experts(mixture), count: count) }
    if dense > count {
      keys.conflict("dense-layers", found: "\(dense)", mend: "give at most the \(count) layers")
    }
    let first = FeedForward.dense(block(keys.size("ffn")))
    return (0..<count).map { $0 < dense ? first : .experts(mixture) }
  }

  private static let words = Activation.allCases.map(\.rawValue).joined(separator: ", ")

  private static func requiredFlag(_ keys: ConfigKeys, _ key: String) -> Bool {
    guard keys.value(key) != nil else {
      _ = keys.missing(key, "true or false")
      return false
    }
    return keys.flag(key, otherwise: false)
  }
}
