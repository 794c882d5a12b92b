import Diagnostics
import Hardware
import Quantities
import Scenarios
import Simulation
import Workloads

extension KVTiers {
  /// The tiers of a scenario: that of its cache, then `workload.kv-tiers`, or for `preempt: swap` without
  /// them the memory that is linked to that of the cache.
  /// - Throws: `Faults` where a tier is none of the profile, cannot be reached, or has no such room.
  init(
    _ resolved: ResolvedScenario, _ traffic: RequestTraffic, _ memory: ServingMemory
  ) throws(Faults) {
    let profile = resolved.profile
    let page = memory.homeBytesPerToken * Double(traffic.page)
    var slower = traffic.kvTiers
    if slower.isEmpty, traffic.preempt == .swap {
      let link = profile.links.first {
        $0.near == memory.home && profile.tier($0.far)?.kind == .memory
      }
      guard let link else {
        throw Self.refusal(
          resolved, "workload.preempt", "swap",
          "\(profile.name) has no memory linked to \(memory.home): use recompute")
      }
      slower = [.init(tier: link.far)]
    }
    var hops: [KVHop] = []
    var pages: [Int] = []
    var faster = memory.home
    for (place, tier) in slower.enumerated() where page > 0 {
      let key = "workload.kv-tiers[\(place)]"
      try Self.check(tier.tier, key, resolved, [memory.home] + slower.prefix(place).map(\.tier))
      let left = memory.left.first { $0.tier == tier.tier }?.bytes ?? 0
      let wanted = tier.capacity?.value ?? left
      guard wanted <= left else {
        throw Self.refusal(
          resolved, "\(key).capacity", "\(Bytes(wanted))",
          "\(tier.tier) has \(Bytes(left)) left for it")
      }
      pages.append(Int(min(wanted / page, 1e12)))
      hops.append(
        try Self.hop(resolved, faster: faster, slower: tier.tier, key: "\(key).tier", page: page))
      faster = tier.tier
    }
    self.init(
      names: [memory.home] + slower.prefix(hops.count).map(\.tier), pages: pages, hops: hops,
      bytesPerPage: Int64(min(page.rounded(), 1e15)), keepsBlocks: !traffic.kvTiers.isEmpty,
      swaps: traffic.preempt == .swap && !hops.isEmpty)
  }

  private static func check(
    _ name: String, _ key: String, _ resolved: ResolvedScenario, _ taken: [String]
  ) throws(Faults) {
    let slow = resolved.profile.tiers.filter { $0.kind != .cache }.map(\.name)
    guard slow.contains(name) else {
      throw Faults(
        .unknownName(
          key: "\(key).tier", kind: "memory or storage in \(resolved.profile.name)", found: name,
          known: slow), at: SourcePosition(file: resolved.file))
    }
    guard !taken.contains(name) else {
      throw refusal(
        resolved, "\(key).tier", name, "KV lies there already: name each slower tier once")
    }
  }

  private static func hop(
    _ resolved: ResolvedScenario, faster: String, slower: String, key: String, page: Double
  ) throws(Faults) -> KVHop {
    guard let link = resolved.profile.link(slower, faster), link.near == faster else {
      let names = resolved.profile.links.filter { $0.near == faster }.map(\.far)
      throw refusal(
        resolved, key, slower,
        names.isEmpty
          ? "no link of \(resolved.profile.name) leads on from \(faster)"
          : "what is linked to \(faster) is \(names.joined(separator: " or "))")
    }
    return KVHop(
      link: link.name, isShared: link.duplex == .half,
      up: KVCopy(try CopyPrice(resolved, link, from: slower, to: faster, page: page)),
      down: KVCopy(try CopyPrice(resolved, link, from: faster, to: slower, page: page)))
  }

  private static func refusal(
    _ resolved: ResolvedScenario, _ key: String, _ found: String, _ mend: String
  ) -> Faults {
    Faults(
      .conflict(key: key, found: found, mend: mend), at: SourcePosition(file: resolved.file))
  }
}
