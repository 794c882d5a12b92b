import Diagnostics
import NumericalMethods
import Quantities
import Scenarios
import Simulation
import Workloads

/// A scenario whose workload is a stream of requests, ready to be played.
public struct ServingRun: Sendable {
  public let resolved: ResolvedScenario
  public let traffic: RequestTraffic
  public let limits: ServingLimits
  /// Tokens of KV that there is room for, and the tier that is full first; nil without KV.
  public let kvTokens: Int?
  public let kvTier: String
  public let bytesPerToken: Double
  public let tiers: KVTiers

  /// - Throws: `Faults` when the scenario names no requests, or memory leaves no room for KV.
  public init(_ resolved: ResolvedScenario) throws(Faults) {
    guard let traffic = resolved.scenario.workload.requests else {
      throw Faults(
        .missingKey("workload.requests", expected: "a log of requests"),
        at: SourcePosition(file: resolved.file))
    }
    self.resolved = resolved
    self.traffic = traffic
    let memory = try ServingMemory(
      resolved, share: traffic.memoryShare,
      sequences: traffic.kvTokens == nil ? traffic.sequences : 1, passTokens: traffic.stepTokens)
    kvTokens = traffic.kvTokens ?? memory.tokens
    kvTier = memory.tier
    bytesPerToken = memory.bytesPerToken
    tiers = try KVTiers(resolved, traffic, memory)
    let pages = kvTokens.map { max(1, $0 / traffic.page) } ?? ServingLimits.unlimited
    var limits = ServingLimits(
      tokens: traffic.stepTokens, sequences: traffic.sequences, page: traffic.page, pages: pages,
      order: traffic.order)
    limits.keepsPages = traffic.prefixCaching
    self.limits = limits
    guard tiers.hops.isEmpty || !isInLockstep else {
      throw Faults(
        .conflict(
          key: "workload.kv-tiers", found: "replicas that share experts",
          mend: "steps of all begin together, which waits for copies are not played with yet: "
            + "leave out kv-tiers and swap, or experts of the partition"),
        at: SourcePosition(file: resolved.file))
    }
  }

  /// Whether steps of all replicas begin and end together, because devices of all meet in every layer.
  private var isInLockstep: Bool { resolved.scenario.method.spread.experts > 1 }

  /// - Throws: `Faults` when a step cannot be priced.
  public func play(_ stream: RequestStream) throws(Faults) -> StreamReport {
    guard traffic.kvTiers.isEmpty || stream.blockTokens % traffic.page == 0 else {
      throw Faults(
        .conflict(
          key: "workload.page", found: "\(traffic.page)",
          mend: "kv-tiers keep blocks of \(stream.blockTokens) tokens, which must be whole pages"),
        at: SourcePosition(file: resolved.file))
    }
    let clock = try PricedClock(resolved, sequences: traffic.sequences)
    let paths = clock.paths
    var player = StreamPlayer(
      stream, clock, limits, tiers: tiers, replicas: traffic.replicas,
      routing: traffic.routing, inLockstep: isInLockstep)
    let played = try player.play()
    do throws(NumericalFault) {
      return try StreamReport(
        played, of: self, paths: paths, sharesPrompts: stream.blockTokens > 0)
    } catch {
      throw Faults(
        .unreadable(reason: "its latencies have no summary: \(error)"),
        at: SourcePosition(file: resolved.file))
    }
  }
}
