import Models
import Policies
import Quantities

extension MemoryPlan {
  /// The draft model with its own KV, and the predictors of an exit, all beside the processor.
  mutating func placeDepth(_ setting: Setting) {
    add(
      setting.nearTier, "exit predictors", setting.heldBytes(of: setting.exitPredictorElements))
    add(setting.nearTier, "draft heads", setting.heldBytes(of: setting.draftHeadElements))
    guard let draft = setting.method.depth.draft, let model = setting.draft else { return }
    var elements = 0.0
    for layer in 0..<model.layerCount {
      elements += model.layer(layer).matrices(hidden: model.hidden).elements
    }
    if !draft.sharesEnds {
      let shared = model.tiedEmbeddings ? Double(model.vocabulary * model.hidden) : 0
      elements += model.embeddingParameters + model.headParameters - shared
    }
    add(setting.nearTier, "draft model", setting.heldBytes(of: elements))
    let batch = Double(setting.workload.batch)
    add(
      setting.nearTier, "KV of the draft model",
      model.kvBytes(context: setting.longestContext, setting.kv).value * batch)
  }

  /// Tables that are read by address, and the rows of far ones that are kept nearer.
  mutating func placeLookups(_ setting: Setting) {
    for table in setting.method.lookups {
      let bytes = table.table.value * Double(table.readers(of: setting.model.layerCount))
      add(table.tier ?? setting.nearTier, "lookup tables", bytes)
      if let tier = table.tier, tier != setting.nearTier {
        add(setting.nearTier, "popular rows", bytes * table.hot)
      }
    }
  }

  /// What belongs to the layers of the host lies in its memory; layers are taken to be alike.
  mutating func placeHostLayers(_ setting: Setting) {
    let layers = setting.model.layerCount
    guard setting.method.weights.hostLayers != nil, let host = setting.host, layers > 0 else {
      return
    }
    let share = Double((0..<layers).count { setting.isOnHost($0) }) / Double(layers)
    for what in ["attention weights", "FFN weights", "experts", "predictors", Self.cacheItem] {
      move(what, share: share, from: setting.nearTier, to: host.memory)
    }
  }
}
