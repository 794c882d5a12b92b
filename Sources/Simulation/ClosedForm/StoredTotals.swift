import Diagnostics
import Policies

/// What lies in memory with some work, as far as metrics ask.
final class StoredTotals {
  /// Why it does not fit; nil where it does.
  let refusal: Faults?
  /// By metric; NaN for those that are not of memory, or that there are none of.
  let values: [Double]

  /// - Parameters:
  ///   - fixed: the weights.
  ///   - plan: the setting's reads.
  init(
    _ setting: Setting, _ fixed: FixedParts, _ plan: ReadPlan?, _ metrics: [ClosedFormMetric],
    file: String
  ) {
    var memory = fixed.weights
    do throws(Faults) {
      try memory.placeWork(setting, fixed.sizes, plan, file: file)
    } catch {
      (refusal, values) = (error, [])
      return
    }
    refusal = nil
    values = metrics.map { metric in
      switch metric {
      case .entryBytes:
        let stored = memory.kvBytes.value
        return stored > 0 ? stored : .nan
      case .peak(let tier):
        return memory.items.contains { $0.tier == tier } ? memory.peak(tier).value : .nan
      default: return .nan
      }
    }
  }
}

/// What decides, with the length of the prompt, what lies in memory.
struct StorageKey: Hashable {
  private var batch: Int
  private var steps: Int
  private var cache: CachePolicy
  private var statesReads: Bool
  /// Reads that leave something stored, or whose amounts decide what is.
  private var reads: [AttentionRead]

  init(_ setting: Setting) {
    let method = setting.method
    batch = setting.workload.batch
    steps = setting.workload.generate
    cache = method.cache
    statesReads = method.statesReads
    let isNear = cache.tier == nil || cache.tier == setting.nearTier
    let all = method.attention.reads
    reads = isNear && cache.keep != .asRead ? all.filter { $0.stored != nil } : all
  }
}
