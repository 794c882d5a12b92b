import Diagnostics
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
    let pages = kvTokens.map { max(1, $0 / traffic.page) } ?? ServingLimits.unlimited
    var limits = ServingLimits(
      tokens: traffic.stepTokens, sequences: traffic.sequences, page: traffic.page, pages: pages,
      order: traffic.order)
    limits.keepsPages = traffic.prefixCaching
    self.limits = limits
  }

  /// - Throws: `Faults` when a step cannot be priced.
  public func play(_ stream: RequestStream) throws(Faults) -> StreamReport {
    let clock = try PricedClock(resolved, sequences: traffic.sequences)
    let paths = clock.paths
    var player = StreamPlayer(
      stream, clock, limits, replicas: traffic.replicas, routing: traffic.routing,
      inLockstep: resolved.scenario.method.spread.experts > 1)
    return StreamReport(try player.play(), of: self, paths: paths)
  }
}
