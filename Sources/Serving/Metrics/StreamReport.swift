import Hardware
import NumericalMethods
import Quantities
import Scenarios
import Workloads

/// What a stream of requests met on a server; `docs/metrics.md` defines each number.
public struct StreamReport: Sendable {
  public let scenario: String
  public let variant: String
  public let model: String
  public let runtime: String
  public let hardware: String
  public let played: PlayedStream
  /// Which requests count, and whether there is a long run to speak of.
  public let steady: SteadyPart
  public let refused: Int
  public let latencies: StreamLatencies
  /// Arrivals, ends and tokens in a second, over the whole run.
  public let offered: Double
  public let requestRate: Double
  public let tokenRate: Double
  /// Requests in a second that kept the service level; nil without one.
  public let goodput: Double?
  public let preemptions: Int
  /// Sequences in the batch, over the time from the first arrival to the last end.
  public let meanBatch: Double
  public let kvTokens: Int?
  /// The tiers of KV, the one that is full first before the others.
  public let kvTiers: [String]
  public let meanOccupancy: Double?
  public let peakOccupancy: Double?
  /// Share of all time in steps.
  public let busy: Double
  /// Shares of the time in steps that resources would take at their peaks, the greatest first.
  public let resources: [Resource]
  public let joules: Double?
  /// Rent of all replicas for the time of a million tokens; nil where the profile states no price.
  public let costPerMillion: Double?
  /// Tokens that were generated.
  public let tokens: Double
  /// The servers that compute prompts, where they are apart; what stands here of servers is then of those
  /// that decode, but for energy, costs and what holds the rate.
  public let promptServers: PromptServersReport?
  let sharesPrompts: Bool
  /// What holds the rate: a resource, or room for KV or sequences where requests waited for it.
  public let bound: String

  public struct Resource: Sendable, Equatable {
    public var name: String
    public var share: Double
    /// Bytes through a tier or link; nil of arithmetic.
    public var bytes: Double?

    static let arithmetic = " arithmetic"

    /// Under which its metrics stand: arithmetic is its unit's.
    public var metric: String {
      let unit = name.hasSuffix(Self.arithmetic) ? name.dropLast(Self.arithmetic.count) : name[...]
      return String(unit.map { $0 == " " ? "-" : $0 })
    }
  }

  /// - Throws: `.notFinite` never, as times are whole numbers.
  init(
    _ played: PlayedStream, of run: ServingRun, paths: [String], sharesPrompts: Bool
  ) throws(NumericalFault) {
    self.played = played
    let (table, resolved) = (played.requests, run.resolved)
    scenario = resolved.scenario.name
    variant = resolved.scenario.variant
    model = resolved.model.name
    runtime = resolved.runtime.name
    hardware = resolved.profile.name
    refused = table.isRefused.count { $0 }
    self.sharesPrompts = sharesPrompts
    steady = try SteadyPart(table, warmUp: run.traffic.warmUp)
    latencies = try StreamLatencies(table, from: steady.first, run.traffic.serviceLevel)
    let length = Double(played.length) * 1e-12
    let ended = (0..<table.count).filter { table.ends[$0] >= 0 }
    let lastArrival = Double(table.arrivals.max() ?? 0) * 1e-12
    offered = lastArrival > 0 ? Double(max(0, table.count - 1)) / lastArrival : 0
    requestRate = length > 0 ? Double(ended.count) / length : 0
    let tokens = ended.reduce(0.0) { $0 + Double(table.outputs[$1]) }
    self.tokens = tokens
    tokenRate = length > 0 ? tokens / length : 0
    let rate = requestRate
    goodput = latencies.kept.map { $0.value * rate }
    let prompts = PromptServersReport(played, of: run)
    promptServers = prompts
    costPerMillion = Self.sum(Self.dollars(played, resolved), prompts.map(\.dollars)).flatMap {
      tokens > 0 ? $0 / tokens * 1e6 : nil
    }
    preemptions = table.preemptions.reduce(0) { $0 + Int($1) }
    let span = Double(max(1, played.length)) * Double(played.tallies.count)
    meanBatch = played.tallies.reduce(0.0) { $0 + Double($1.batchArea) } / span
    kvTokens = run.kvTokens
    kvTiers = played.tierNames.count > 1 ? played.tierNames : [run.kvTier]
    let occupancy = played.occupancy
    meanOccupancy = run.kvTokens.map { _ in occupancy.mean }
    peakOccupancy = run.kvTokens.map { _ in occupancy.peak }
    let busy = Double(played.busy) / span
    self.busy = busy
    let own = Self.resources(played, resolved, paths)
    resources = (own + (prompts.map { [$0.link] } ?? [])).sorted { $0.share > $1.share }
    joules = Self.sum(Self.joules(played, resolved), prompts.map(\.joules))
    let bound = Self.bound(played, own, preemptions: preemptions, ended: ended.count)
    self.bound = prompts.map { $0.bound(beside: bound, busy: busy) } ?? bound
  }

  /// Energy of all replicas from the first arrival to the last end; nil without figures of power.
  static func joules(_ played: PlayedStream, _ resolved: ResolvedScenario) -> Double? {
    resolved.profile.power.map { power in
      let time = Double(played.length) * 1e-12 * Double(played.tallies.count)
      let copies = played.copies.reduce(0) { $0 + $1.energy }
      return min(
        power.mostSustained.value * time,
        power.idle.value.value * time + Double(played.amounts[0] + copies) * 1e-9)
    }
  }

  /// Rent of all replicas for that time; nil without a price.
  static func dollars(_ played: PlayedStream, _ resolved: ResolvedScenario) -> Double? {
    resolved.profile.price?.perSecond.map {
      $0 * Double(played.length) * 1e-12 * Double(played.tallies.count)
    }
  }

  /// What all servers take, if it is known of all.
  private static func sum(_ own: Double?, _ others: Double??) -> Double? {
    guard let own else { return nil }
    guard let others else { return own }
    return others.map { own + $0 }
  }

  /// Energy of a generated token, idle time included; nil without figures of power.
  public var joulesPerToken: Double? { tokens > 0 ? joules.map { $0 / tokens } : nil }

  static func resources(
    _ played: PlayedStream, _ resolved: ResolvedScenario, _ paths: [String]
  ) -> [Resource] {
    let seconds = Double(max(1, played.busy)) * 1e-12
    var resources: [Resource] = []
    for (place, path) in paths.enumerated() {
      let bytes = Double(played.amounts[place + 2])
      let profile = resolved.profile
      let peak =
        profile.links.first { $0.name == path }?.bandwidth.value.value
        ?? profile.tier(path)?.bandwidth.value.value
      guard bytes > 0, let peak else { continue }
      resources.append(Resource(name: path, share: bytes / peak / seconds, bytes: bytes))
    }
    let unit = resolved.profile.computeUnit(resolved.runtime.unit)
    if let peak = unit?.widened(resolved.scenario.precision.weights)?.value {
      let flops = Double(played.amounts[1]) * 1e3
      resources.append(
        Resource(
          name: resolved.runtime.unit + Resource.arithmetic, share: flops / peak / seconds))
    }
    let all = Double(max(1, played.busy + played.stalled))
    for copy in played.copies where copy.busy > 0 {
      resources.append(
        Resource(name: copy.name, share: Double(copy.busy) / all, bytes: Double(copy.bytes)))
    }
    return resources.sorted { $0.share > $1.share }
  }

  static func bound(
    _ played: PlayedStream, _ resources: [Resource], preemptions: Int, ended: Int
  ) -> String {
    let all = max(1, played.busy + played.stalled)
    if played.waitedForCopies > all / 2,
      let busiest = played.copies.max(by: { $0.busy < $1.busy })
    {
      return busiest.name
    }
    // What most requests waited for, if they did most of the time; where all are preempted, what the
    // steps do is for the greater part what they did before.
    if played.waitedForPages > all / 2 || preemptions > 0 && preemptions >= ended {
      return "room for KV"
    }
    if played.waitedForPlaces > all / 2 { return "places in the batch" }
    return resources.first?.name ?? "steps"
  }
}

extension RequestTable {
  /// Seconds from arrival to the first token.
  public func timeToFirst(_ row: Int) -> Double {
    Double(firstTokens[row] - arrivals[row]) * 1e-12
  }

  /// Seconds from one token to the next, in the mean; nil for a single token.
  public func timePerToken(_ row: Int) -> Double? {
    guard outputs[row] > 1 else { return nil }
    return Double(ends[row] - firstTokens[row]) * 1e-12 / Double(outputs[row] - 1)
  }

  /// Seconds from arrival to the last token.
  public func endToEnd(_ row: Int) -> Double { Double(ends[row] - arrivals[row]) * 1e-12 }

  /// Seconds from arrival to the first step that holds some of the request.
  public func queueing(_ row: Int) -> Double { Double(starts[row] - arrivals[row]) * 1e-12 }

  func keeps(_ level: RequestTraffic.ServiceLevel, _ row: Int) -> Bool {
    if let limit = level.firstToken, timeToFirst(row) > limit.value { return false }
    if let limit = level.perToken, (timePerToken(row) ?? 0) > limit.value { return false }
    return true
  }
}
