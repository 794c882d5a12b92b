extension StreamReport {
  /// Numbers of the tiers of KV, by the names that `docs/metrics.md` defines; empty without slower ones.
  var tierMetrics: [(name: String, value: Double)] {
    guard played.tierNames.count > 1 else { return [] }
    var list: [(String, Double)] = []
    for (tier, name) in played.tierNames.enumerated() {
      if played.lookedUpTokens > 0 {
        list.append(
          ("\(name).hit_rate", Double(played.hitTokens(tier)) / Double(played.lookedUpTokens)))
      }
      guard let held = played.heldPages(tier), played.tierPages[tier] > 0 else { continue }
      let pages = Double(played.tierPages[tier])
      list.append(("\(name).kv_occupancy", held.mean / pages))
      list.append(("\(name).kv_occupancy.peak", Double(held.peak) / pages))
    }
    let all = Double(max(1, played.busy + played.stalled))
    list.append(("copies.waited", Double(played.waitedForCopies) / all))
    return list
  }
}
