import Quantities

/// A stream of requests for a server, and the server's limits: `workload` of a scenario that names
/// requests.
public struct RequestTraffic: Sendable, Hashable {
  /// Which request enters a batch next.
  public enum Order: String, CaseIterable, Sendable {
    /// In order of arrival; one that was preempted comes before those that arrived after it.
    case fifo
    /// Fewest tokens still to process and generate first.
    case shortestFirst = "shortest-first"
    /// The lowest number of `RequestStream.priorities` first, in order of arrival where it is the same.
    case priority
  }

  /// What becomes of the KV of a request that loses its pages.
  public enum Preemption: String, CaseIterable, Sendable {
    /// It is computed anew when the request enters again.
    case recompute
    /// It goes to the next slower memory and comes back.
    case swap
  }

  /// A slower tier in which blocks of prompts stay that the near one has no room for.
  public struct KVTier: Sendable, Hashable {
    public var tier: String
    /// Of KV; nil is what the tier has less what else of the scenario lies there.
    public var capacity: Bytes?

    public init(tier: String, capacity: Bytes? = nil) {
      self.tier = tier
      self.capacity = capacity
    }
  }

  /// Which replica a request goes to.
  public enum Routing: String, CaseIterable, Sendable {
    /// One after another.
    case roundRobin = "round-robin"
    /// The one that holds the fewest requests, the first of several.
    case leastLoaded = "least-loaded"
    /// The one that holds most of its prompt, as long as loads are not far apart.
    case prefixAware = "prefix-aware"
  }

  /// What a request must keep to count for goodput.
  public struct ServiceLevel: Sendable, Hashable {
    public var firstToken: Seconds?
    public var perToken: Seconds?

    public init(firstToken: Seconds? = nil, perToken: Seconds? = nil) {
      self.firstToken = firstToken
      self.perToken = perToken
    }
  }

  /// Where the requests come from, and at which rate.
  public var source: RequestSource
  /// Tokens of one step at most.
  public var stepTokens = 2048
  /// Sequences that run together at most.
  public var sequences = 256
  /// Tokens of a page of KV.
  public var page = 16
  /// Tokens of KV that there is room for; nil is what memory leaves.
  public var kvTokens: Int?
  /// Whether KV that nobody holds is found again until its page is taken.
  public var prefixCaching = true
  /// Share of the near tier that may be used.
  public var memoryShare = 0.9
  public var order = Order.fifo
  public var preempt = Preemption.recompute
  /// Slower tiers of KV, the fastest first, each linked to the one before; at most three.
  public var kvTiers: [KVTier] = []
  /// Servers of the same kind, each with a memory of its own.
  public var replicas = 1
  public var routing = Routing.roundRobin
  /// Servers that compute prompts for the replicas; nil where these do both.
  public var apart: Apart?
  /// Share of the requests, from the first, that metrics leave out; nil is what MSER-5 finds.
  public var warmUp: Double?
  public var serviceLevel: ServiceLevel?

  public init(_ source: RequestSource) { self.source = source }

  /// The requests of a log, as logged.
  public init(file: String) { source = RequestSource(.log(file)) }

  /// Mean arrivals in a second; nil is as logged.
  public var rate: PerSecond? {
    get { source.rate }
    set { source.rate = newValue }
  }
}
