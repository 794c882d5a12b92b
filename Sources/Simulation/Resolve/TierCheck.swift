import Diagnostics
import Policies

/// Holds every tier that a method names against the profile.
struct TierCheck: SettingCheck {
  let setting: Setting
  let file: String

  /// Every name that the profile has not; else every tier that is not for what it is named for.
  func faults() -> [Fault] {
    let unnamed = unknownNames()
    return unnamed.isEmpty ? misusedTiers() : unnamed
  }

  private func unknownNames() -> [Fault] {
    var faults: [Fault] = []
    // A sweep checks every point, so keys are written only for a fault.
    func hold(_ tier: String?, _ key: @autoclosure () -> String) {
      guard let tier, setting.profile.tier(tier) == nil else { return }
      faults.append(
        unknown(
          key(), "tier in \(setting.profile.name)", tier,
          known: setting.profile.tiers.map(\.name)))
    }
    let method = setting.method
    hold(method.cache.tier, "cache.tier")
    hold(method.cache.resident?.tier, "cache.resident.tier")
    hold(method.experts.tier, "experts.tier")
    hold(method.experts.resident?.tier, "experts.resident.tier")
    for part in WeightsPolicy.Part.allCases {
      hold(method.weights.placements[part]?.tier, "weights.\(part.rawValue).tier")
    }
    hold(method.prompt.cached?.tier, "prompt.cached.tier")
    for (place, stated) in method.overheads.enumerated() {
      if case .read(_, _, let tier) = stated.work { hold(tier, "overheads[\(place)].read.tier") }
    }
    for (place, read) in method.attention.reads.enumerated() {
      hold(read.tier, "attention.reads[\(place)].tier")
    }
    for (place, table) in method.lookups.enumerated() { hold(table.tier, "lookup[\(place)].tier") }
    return faults
  }

  private func misusedTiers() -> [Fault] {
    let method = setting.method
    return misplaced("cache", method.cache.tier, method.cache.resident)
      + misplaced("experts", method.experts.tier, method.experts.resident)
      + hostOnStorage("cache", method.cache.tier, method.cache.onMiss == .host)
      + hostOnStorage("experts", method.experts.tier, method.experts.onMiss == .host)
      + hostBeyondKept("cache", method.cache.resident, method.cache.onMiss == .host)
      + hostBeyondKept("experts", method.experts.resident, method.experts.onMiss == .host)
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
}
