import Hardware
import Quantities

/// The levels of memory that a compute unit reads from, nearest first, as plain numbers.
public struct MemoryLevels: Sendable {
  struct Level {
    var capacity: Double
    var bandwidth: Double
    /// What one core draws by itself.
    var coreBandwidth: Double
    var efficiency: Curve?
  }

  private let levels: [Level]

  /// The caches of a profile and the unit's memory.
  init(_ profile: Profile, memory: Tier, coreBandwidth: Double?) {
    let caches = profile.tiers.filter { $0.kind == .cache }
      .sorted { $0.capacity.value < $1.capacity.value }
    levels = (caches + [memory]).map { tier in
      let most = tier.bandwidth.value.value
      let own = tier.coreBandwidth?.value.value
      return Level(
        capacity: tier.capacity.value.value, bandwidth: most,
        coreBandwidth: own ?? (tier.name == memory.name ? coreBandwidth : nil) ?? most,
        efficiency: tier.efficiency?.value)
    }
  }

  /// The rate at which `threads` cores read a working set in order, B/s.
  ///
  /// Caches but the last belong to one core each, so each must hold its thread's share; the last
  /// and memory hold all. Data that no cache holds comes from memory.
  func rate(workingSet: Double, threads: Double) -> Double {
    for (place, level) in levels.enumerated() {
      let size = place + 2 < levels.count ? workingSet / threads : workingSet
      guard size <= level.capacity || place + 1 == levels.count else { continue }
      let rate = min(level.bandwidth, threads * level.coreBandwidth)
      return rate * (level.efficiency?(max(size, 1)) ?? 1)
    }
    return 0
  }
}
