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

  /// - Throws: `Faults` with every name that the profile has not.
  func run() throws(Faults) {
    let method = setting.method
    var named: [(key: String, tier: String?)] = [
      ("cache.tier", method.cache.tier), ("cache.resident.tier", method.cache.resident?.tier),
      ("experts.tier", method.experts.tier),
      ("experts.resident.tier", method.experts.resident?.tier),
    ]
    for part in WeightsPolicy.Part.allCases {
      named.append(("weights.\(part.rawValue).tier", method.weights.placements[part]?.tier))
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
}
