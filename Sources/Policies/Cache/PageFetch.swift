import Models
import Programs

extension StepBuilder {
  /// Brings the selected pages that are not resident, or has the host attend to them, and returns
  /// what the attention, or the merge of the host's part, must wait for.
  mutating func addPageFetch(pageBytes: Double) -> [Dependency] {
    let policy = setting.method.cache
    guard let tier = policy.tier, tier != nearTier else { return [] }
    let kept = setting.keptOnTheWay(policy.resident)
    var arrived: [Dependency] = []
    if let prefetch = policy.prefetch {
      arrived += add(
        Fetch(
          name: "cache.prefetch", site: .cache, tier: tier, column: "pages.prefetched",
          bytes: pageBytes, pieces: 1, transfer: policy.transfer, depth: 32,
          after: [Dependency(on: "attention.attend", blocksBack: prefetch.layers)],
          besideMain: true, kept: kept.map { Fetch.Kept(tier: $0) }))
    }
    switch policy.onMiss {
    case .fetch:
      arrived += add(
        Fetch(
          name: "cache.fetch", site: .cache, tier: tier, column: "pages.missed",
          bytes: pageBytes, pieces: 1, transfer: policy.transfer, depth: 32,
          after: afterMain() + (kept == nil ? [] : arrived),
          besideMain: policy.prefetch != nil,
          kept: kept.map { Fetch.Kept(tier: $0, onwards: "pages.selected") }))
    case .host:
      arrived.append(addHostAttention(tier: tier, pageBytes: pageBytes))
    }
    return arrived
  }

  /// The host reads the pages where they are; two flops a byte pair and query head of the group.
  private mutating func addHostAttention(tier: String, pageBytes: Double) -> Dependency {
    let unit = setting.profile.computeUnits.first { $0.memory == tier }?.name ?? "cpu"
    let host = stream(unit, .compute(unit: unit))
    add(
      Operation(
        name: "cache.host-attend", site: .cache, kind: .attentionDecode, stream: host,
        precision: setting.activations,
        flops: Affine(each: 2 * pageBytes * 8 / setting.kv.bits),
        traffic: [Traffic(through: tier, bytes: Affine(each: pageBytes))],
        column: column("pages.missed"), skippedWhenEmpty: true, after: afterMain()))
    return Dependency(on: "cache.host-attend")
  }
}
