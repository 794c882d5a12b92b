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
  /// The servers that compute prompts, where they are apart: one or none.
  private let others: [ServingRun]
  var promptServers: ServingRun? { others.first }

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
    if let prompts = resolved.ofPromptServers {
      others = [try ServingRun(prompts)]
    } else {
      others = []
    }
    guard tiers.hops.isEmpty || !isInLockstep else {
      throw Faults(
        .conflict(
          key: "workload.kv-tiers", found: "replicas that share experts",
          mend: "steps of all begin together, which waits for copies are not played with yet: "
            + "leave out kv-tiers and swap, or experts of the partition"),
        at: SourcePosition(file: resolved.file))
    }
    guard traffic.apart == nil || !isInLockstep else {
      throw Faults(
        .conflict(
          key: "workload.apart", found: "replicas that share experts",
          mend: "leave out apart, or experts of the partition"),
        at: SourcePosition(file: resolved.file))
    }
  }

  private func clock() throws(Faults) -> PricedClock {
    try PricedClock(resolved, sequences: traffic.sequences)
  }

  private func senders() throws(Faults) -> PromptServers<PricedClock>? {
    guard let run = promptServers, let apart = traffic.apart else { return nil }
    return PromptServers(
      clock: try run.clock(), limits: run.limits, tiers: run.tiers, replicas: run.traffic.replicas,
      transfer: try KVTransfer(from: run, to: self, over: apart.link))
  }

  /// Whether steps of all replicas begin and end together, because devices of all meet in every layer.
  private var isInLockstep: Bool { resolved.scenario.method.spread.experts > 1 }

  /// - Throws: `Faults` when a step cannot be priced.
  public func play(_ stream: RequestStream) throws(Faults) -> StreamReport {
    guard !traffic.prefixCaching || stream.blockTokens % traffic.page == 0 else {
      throw Faults(
        .conflict(
          key: "workload.page", found: "\(traffic.page)",
          mend: "prompts share blocks of \(stream.blockTokens) tokens, which must be whole pages: "
            + "give a page that divides them, or prefix-caching: false"),
        at: SourcePosition(file: resolved.file))
    }
    let clock = try clock()
    let paths = clock.paths
    var player = StreamPlayer(
      stream, clock, limits, tiers: tiers, replicas: traffic.replicas,
      routing: traffic.routing, inLockstep: isInLockstep,
      prompts: try senders())
    let played = try player.play()
    do throws(NumericalFault) {
      return try StreamReport(
        played, of: self, paths: paths,
        sharesPrompts: traffic.prefixCaching && stream.blockTokens > 0)
    } catch {
      throw Faults(
        .unreadable(reason: "its latencies have no summary: \(error)"),
        at: SourcePosition(file: resolved.file))
    }
  }
}
