import Diagnostics
import Policies

/// Holds every tier that a method names against the profile.
struct TierCheck {
  private let setting: Setting
  private let file: String

  init(_ setting: Setting, file: String) {
    self.setting = setting
    self.file = file
  }

  /// - Throws: `Faults` with every name that the profile has not, or every tier that is not for what
  ///   it is named for.
  func run() throws(Faults) {
    if !knowsAll { try name() }
    try checkRoles()
  }

  /// Whether the profile has every tier that the method names.
  private var knowsAll: Bool {
    let method = setting.method
    func isKnown(_ tier: String?) -> Bool {
      guard let tier else { return true }
      return setting.profile.tiers.contains { $0.name == tier }
    }
    return isKnown(method.cache.tier) && isKnown(method.cache.resident?.tier)
      && isKnown(method.experts.tier) && isKnown(method.experts.resident?.tier)
      && method.weights.placements.values.allSatisfy { isKnown($0.tier) }
      && isKnown(method.prompt.cached?.tier)
      && method.attention.reads.allSatisfy { isKnown($0.tier) }
      && method.lookups.allSatisfy { isKnown($0.tier) }
      && method.overheads.allSatisfy {
        if case .read(_, _, let tier) = $0.work { return isKnown(tier) }
        return true
      }
  }

  /// - Throws: `Faults` with every name that the profile has not.
  private func name() throws(Faults) {
    let method = setting.method
    var named: [(key: String, tier: String?)] = [
      ("cache.tier", method.cache.tier), ("cache.resident.tier", method.cache.resident?.tier),
      ("experts.tier", method.experts.tier),
      ("experts.resident.tier", method.experts.resident?.tier),
    ]
    for part in WeightsPolicy.Part.allCases {
      named.append(("weights.\(part.rawValue).tier", method.weights.placements[part]?.tier))
    }
    named.append(("prompt.cached.tier", method.prompt.cached?.tier))
    for (place, stated) in method.overheads.enumerated() {
      if case .read(_, _, let tier) = stated.work {
        named.append(("overheads[\(place)].read.tier", tier))
      }
    }
    for (place, read) in method.attention.reads.enumerated() {
      named.append(("attention.reads[\(place)].tier", read.tier))
    }
    for (place, table) in method.lookups.enumerated() {
      named.append(("lookup[\(place)].tier", table.tier))
    }
    let faults = named.compactMap { key, tier -> Fault? in
      guard let tier, setting.profile.tier(tier) == nil else { return nil }
      return Fault(
        .unknownName(
          key: key, kind: "tier in \(setting.profile.name)", found: tier,
          known: setting.profile.tiers.map(\.name)), at: SourcePosition(file: file))
    }
    guard faults.isEmpty else { throw Faults(faults) }
  }

  private func checkRoles() throws(Faults) {
    let method = setting.method
    let roles =
      misplaced("cache", method.cache.tier, method.cache.resident)
      + misplaced("experts", method.experts.tier, method.experts.resident)
      + hostOnStorage("cache", method.cache.tier, method.cache.onMiss == .host)
      + hostOnStorage("experts", method.experts.tier, method.experts.onMiss == .host)
      + hostBeyondKept("cache", method.cache.resident, method.cache.onMiss == .host)
      + hostBeyondKept("experts", method.experts.resident, method.experts.onMiss == .host)
    guard roles.isEmpty else { throw Faults(roles) }
  }

  /// Entries are kept beside the processor, or in the memory through which storage is read.
  private func misplaced(_ site: String, _ far: String?, _ residency: Residency?) -> [Fault] {
    guard let far, far != setting.nearTier, let kept = residency?.tier else { return [] }
    var places = [setting.nearTier]
    if setting.profile.tier(far)?.kind == .storage,
      let link = setting.profile.links.first(where: { $0.far == far }),
      link.near != setting.nearTier
    {
      places.append(link.near)
    }
    guard !places.contains(kept) else { return [] }
    return [
      conflict(
        "\(site).resident.tier", kept,
        "what lies in \(far) is kept in \(places.joined(separator: " or "))")
    ]
  }

  private func hostOnStorage(_ site: String, _ far: String?, _ onHost: Bool) -> [Fault] {
    guard onHost, let far, setting.profile.tier(far)?.kind == .storage else { return [] }
    return [
      conflict(
        "\(site).on-miss", "host", "the host computes in its memory, not in \(far); use fetch")
    ]
  }

  private func hostBeyondKept(_ site: String, _ residency: Residency?, _ onHost: Bool) -> [Fault] {
    guard onHost, let kept = residency?.tier, kept != setting.nearTier else { return [] }
    return [
      conflict(
        "\(site).on-miss", "host",
        "resident entries would lie in \(kept), not beside the processor; use fetch")
    ]
  }

  private func conflict(_ key: String, _ found: String, _ mend: String) -> Fault {
    Fault(.conflict(key: key, found: found, mend: mend), at: SourcePosition(file: file))
  }
}
