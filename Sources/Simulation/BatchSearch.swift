import Diagnostics
import Policies
import Scenarios

/// The most sequences that memory holds, at the end of generation and while their prompts are
/// processed together. One sequence counts as held whatever its prompt takes.
struct BatchSearch {
  /// More are not looked for.
  static let limit = 65536

  private let resolved: ResolvedScenario

  init(_ resolved: ResolvedScenario) { self.resolved = resolved }

  /// - Throws: `Faults` when a single sequence does not fit, or cannot be played.
  func largest() throws(Faults) -> Int {
    try place(1)
    var (fits, fails) = (1, Self.limit + 1)
    // What a batch needs grows with it, so the last that fits stands before all that do not.
    var next = 2
    while fails - fits > 1 {
      if holds(next) { fits = next } else { fails = next }
      next = fails > Self.limit ? min(2 * fits, Self.limit) : fits + (fails - fits) / 2
    }
    return fits
  }

  private func holds(_ batch: Int) -> Bool {
    do throws(Faults) {
      try place(batch)
      return true
    } catch {
      return false
    }
  }

  private func place(_ batch: Int) throws(Faults) {
    var changed = resolved
    changed.scenario.workload.batch = batch
    let setting = Setting(changed)
    let sizes = try SizeResolver(resolved: changed, setting: setting).resolve()
    let plan = try MemoryPlan(setting: setting, sizes: sizes, file: changed.file)
    guard batch > 1, setting.runtime.prompts == .together else { return }
    for held in PromptMemory(setting: setting, memory: plan).tiers() {
      guard let tier = setting.profile.tier(held.tier), held.bytes > tier.capacity.value else {
        continue
      }
      throw Faults(
        .conflict(
          key: "memory.\(held.tier)", found: "\(held.bytes)",
          mend: "the prompts of \(batch) sequences do not fit into \(tier.capacity.value)"),
        at: SourcePosition(file: changed.file))
    }
  }
}
