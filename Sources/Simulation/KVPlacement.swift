import Policies
import Quantities

extension MemoryPlan {
  private static let cacheItem = "KV cache"
  private static let besideItem = "KV summaries"

  /// Bytes of KV and of what lies beside it for reads, of all sequences.
  public var kvBytes: Bytes {
    items.reduce(Bytes.zero) {
      $1.what == Self.cacheItem || $1.what == Self.besideItem ? $0 + $1.bytes : $0
    }
  }

  /// - Parameter plan: the setting's reads.
  mutating func placeKV(_ setting: Setting, _ sizes: ResolvedSizes, _ plan: ReadPlan?) {
    let batch = Double(setting.workload.batch)
    let state = setting.kv.bytes(of: setting.model.stateElements).value * batch
    add(setting.nearTier, "recurrent state", state)
    if let plan {
      placeReads(plan, setting)
      return
    }
    let all =
      setting.model.kvBytes(context: setting.longestContext, setting.kv).value * batch
    guard let tier = setting.method.cache.tier, tier != setting.nearTier else {
      add(setting.nearTier, Self.cacheItem, all)
      return
    }
    add(tier, Self.cacheItem, all)
    let layers = Preparation.attentionLayers(setting.model)
    guard case .pages(_, let page) = setting.method.attention.selection else {
      add(setting.nearTier, "KV of one layer", all / Double(max(1, layers.count)))
      return
    }
    let pageBytes = setting.bytesOfPage(tokens: page)
    if let resident = setting.method.cache.resident {
      switch resident.budget {
      case .bytes(let budget): add(resident.tier, "KV page cache", budget.value)
      case .entries(let count):
        let heads = layers.first.map { setting.model.layer($0).attention.kvHeads } ?? 1
        let caches =
          resident.scope == .global
          ? 1 : resident.scope == .perLayer ? layers.count : layers.count * heads
        add(resident.tier, "KV page cache", Double(count) * Double(caches) * pageBytes)
      }
    }
    let atOnce = Double(sizes.columns["pages.selected"]?.largest ?? 0)
    add(setting.nearTier, "pages in use", atOnce * pageBytes)
  }

  /// Stated reads: what they leave stored, what lies beside it, and where the cache is far what they
  /// need beside the processor.
  private mutating func placeReads(_ plan: ReadPlan, _ setting: Setting) {
    let cache = setting.method.cache
    let near = setting.nearTier
    let tier = cache.tier ?? near
    // Layers of a class store and read the same.
    let classes = plan.classes.map { ClassBytes($0, setting, readsFar: tier != near) }
    var (working, largest) = (0.0, 0.0)
    var items: [[Int]] = Array(repeating: [], count: classes.count)
    for place in plan.classOfLayer {
      guard let place else { continue }
      let bytes = classes[place]
      if items[place].isEmpty {
        items[place] = [add(tier, Self.cacheItem, bytes.stored)]
        for beside in bytes.beside {
          items[place].append(add(beside.tier ?? near, Self.besideItem, beside.bytes))
        }
      } else {
        add(bytes.stored, to: items[place][0])
        for (beside, item) in zip(bytes.beside, items[place].dropFirst()) {
          add(beside.bytes, to: item)
        }
      }
      working += bytes.read
      largest = max(largest, bytes.read)
    }
    guard tier != near else { return }
    if case .bytes(let budget)? = cache.resident?.budget {
      add(cache.resident?.tier ?? near, "KV page cache", budget.value)
    } else if cache.hitShare > 0 {
      // What steps in a row read in common lies there for every layer.
      add(near, "KV working set", working)
      return
    }
    guard cache.onMiss == .fetch else { return }
    add(near, "KV of one layer", largest * Double(1 + (cache.prefetch?.layers ?? 0)))
  }
}

/// What a layer of a class stores and reads at the longest context, for the whole batch.
private struct ClassBytes {
  let stored: Double
  let beside: [(tier: String?, bytes: Double)]
  /// Of the last step, where it comes from a far tier.
  let read: Double

  init(_ reads: LayerReads, _ setting: Setting, readsFar: Bool) {
    let (context, batch) = (setting.longestContext, setting.workload.batch)
    stored = reads.storedBytes(context: context, batch: batch)
    beside = reads.besideBytes(context: context, batch: batch)
    read = readsFar ? reads.readBytes(setting) : 0
  }
}
