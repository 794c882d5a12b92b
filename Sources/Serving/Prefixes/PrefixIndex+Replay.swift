extension PrefixIndex {
  /// Looks a prompt up, then enters all of its blocks as the last used: what a cache does whose
  /// requests take no time. Blocks beyond the fastest tier's capacity go on to the next.
  /// - Returns: The leading blocks that were resident before.
  public mutating func access(_ blocks: ArraySlice<UInt64>) -> PrefixHits {
    let hits = match(blocks)
    path.removeAll(keepingCapacity: true)
    // All leave their places before the first enters, so that none evicts another of the path.
    for (index, block) in blocks.enumerated() {
      if let node = table[block] {
        if pins[Int(node)] == 0, next[Int(node)] >= 0 {
          let tier = Int(tiers[Int(node)])
          unlink(node)
          used[tier] -= 1
          used[0] += 1
          tiers[Int(node)] = 0
          if tier > 0, index < hits.blocks { traffic.promoted[tier] += 1 }
        }
        path.append(node)
      } else {
        path.append(newNode(block))
        used[0] += 1
      }
    }
    for node in path.reversed() where pins[Int(node)] == 0 {
      if next[Int(node)] >= 0 { unlink(node) }
      link(node, tier: 0)
    }
    spill()
    return hits
  }
}
