import Diagnostics
import Policies
import Quantities
import Scenarios
import Workloads

/// What memory leaves for the KV of a batch whose sequences come and go.
public struct ServingMemory: Sendable {
  /// Tokens of KV that all sequences may hold together; nil where none is stored.
  public var tokens: Int?
  /// The tier that is full first.
  public var tier: String
  /// Bytes of KV of one token, over all tiers.
  public var bytesPerToken: Double
  /// The tier in which the cache lies, and bytes of KV of one token there.
  public var home: String
  public var homeBytesPerToken = 0.0
  /// Bytes of each tier that are left for KV, in the order of the profile.
  public private(set) var left: [(tier: String, bytes: Double)] = []

  /// What lies in each tier is taken to be what it is without sequences, an amount for each sequence
  /// and an amount for each token; activations are those of a pass of `passTokens`.
  /// - Parameters:
  ///   - share: of the near tier that may be used, above 0 and at most 1.
  ///   - sequences: that run together at most.
  /// - Throws: `Faults` when what comes before KV does not fit.
  public init(
    _ resolved: ResolvedScenario, share: Double, sequences: Int, passTokens: Int
  ) throws(Faults) {
    let (short, long) = (256, 4096)
    let base = try Self.plan(resolved, batch: 1, context: short)
    let longer = try Self.plan(resolved, batch: 1, context: long)
    let more = try Self.plan(resolved, batch: 2, context: short)
    var changed = resolved
    changed.scenario.workload = RequestShape(prompt: passTokens, generate: 1, batch: 1)
    changed.scenario.method.prompt.chunk = nil
    let pass = PromptMemory(setting: Setting(changed), memory: MemoryPlan.empty).activations
    let setting = Setting(resolved)
    let near = setting.nearTier
    home = setting.method.cache.tier ?? near
    var found: (tokens: Double, tier: String)?
    var each = 0.0
    for tier in resolved.profile.tiers {
      let name = tier.name
      let perToken = (longer.peak(name).value - base.peak(name).value) / Double(long - short)
      let perSequence = max(
        0, more.peak(name).value - base.peak(name).value - perToken * Double(short))
      let alone = base.peak(name).value - perToken * Double(short) - perSequence
      let used = alone + Double(sequences) * perSequence + (name == near ? pass.value : 0)
      let room = tier.capacity.value.value * (name == near ? share : 1) - used
      left.append((name, max(0, room)))
      guard perToken > 0 else { continue }
      each += perToken
      if name == home { homeBytesPerToken = perToken }
      let tokens = max(0, room / perToken)
      if found.map({ tokens < $0.tokens }) ?? true { found = (tokens, name) }
    }
    tier = found?.tier ?? near
    tokens = found.map { Int(min($0.tokens, 1e12)) }
    bytesPerToken = each
    guard tokens != 0 else {
      throw Faults(
        .conflict(
          key: "memory.\(tier)", found: "no room for KV",
          mend: "weights and activations take all of it: lower workload.sequences or a "
            + "precision, or name another tier"),
        at: SourcePosition(file: resolved.file))
    }
  }

  private static func plan(
    _ resolved: ResolvedScenario, batch: Int, context: Int
  ) throws(Faults) -> MemoryPlan {
    var changed = resolved
    changed.scenario.workload = RequestShape(prompt: context - 1, generate: 1, batch: batch)
    let setting = Setting(changed)
    let sizes = try SizeResolver(resolved: changed, setting: setting).resolve()
    return try MemoryPlan(setting: setting, sizes: sizes, file: resolved.file)
  }
}
