import Models
import Policies
import Quantities

extension Preparation {
  func promptMemory() -> [(tier: String, bytes: Bytes)] {
    PromptMemory(setting: setting, memory: memory).tiers()
  }
}

/// What memory holds while the prompt is processed.
struct PromptMemory {
  let setting: Setting
  let memory: MemoryPlan

  /// What each tier holds while the prompt is processed: as when decoding, but with the KV of the
  /// prompt alone and the activations of a whole pass.
  ///
  /// A pass holds, for each of its tokens, the residual stream twice and the widest of what a layer
  /// makes of it: queries, keys, values and results, or the inner activations of the FFN. Where the
  /// runtime holds scores there are three of each pair at once: the score, its softmax in fp32, and that
  /// rounded to the format of activations, as `softmax(x, dtype: float32).to(x.dtype)` makes them.
  /// Logits are in the format of activations.
  func tiers() -> [(tier: String, bytes: Bytes)] {
    var tiers: [(tier: String, bytes: Bytes)] = []
    for item in memory.items where item.what != "activations" {
      let bytes = item.what == "KV cache" ? item.bytes * promptShareOfKV : item.bytes
      if let place = tiers.firstIndex(where: { $0.tier == item.tier }) {
        tiers[place].bytes += bytes
      } else {
        tiers.append((item.tier, bytes))
      }
    }
    if let place = tiers.firstIndex(where: { $0.tier == setting.nearTier }) {
      tiers[place].bytes += activations
    }
    return tiers
  }

  private var promptShareOfKV: Double {
    Double(setting.promptPositions) / Double(setting.longestContext)
  }

  /// What a pass over the prompt holds of its tokens.
  var activations: Bytes {
    let model = setting.model
    let rows = Double(setting.largestPass) * Double(setting.workload.batch)
    var widest = 0.0
    for index in 0..<model.layerCount {
      let layer = model.layer(index)
      var width = 0.0
      if case .grouped(let it) = layer.attention {
        width =
          Double(it.queryHeads * (it.keyDimension + it.valueDimension)) + it.kvElementsPerEntry
      }
      if case .dense(let feed) = layer.feedForward {
        width = max(width, Double(feed.intermediate) * (feed.gated ? 2 : 1))
      }
      let holds = setting.runtime.promptHolds.contains(.scores)
      let pairs = Double(layer.attention.queryHeads) * Double(setting.promptPositions)
      let scores = pairs * (2 + Precision.fp32.bits / setting.activations.bits)
      widest = max(widest, holds ? width + scores : width)
    }
    let logits = setting.runtime.promptHolds.contains(.logits) ? Double(model.vocabulary) : 0
    // Logits come when the layers are done.
    let width = 2 * Double(model.hidden) + max(widest, logits)
    return setting.activations.bytes(of: rows * width)
  }
}
