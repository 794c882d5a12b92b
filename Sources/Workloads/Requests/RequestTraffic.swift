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
  }

  /// Which replica a request goes to.
  public enum Routing: String, CaseIterable, Sendable {
    /// One after another.
    case roundRobin = "round-robin"
    /// The one that holds the fewest requests, the first of several.
    case leastLoaded = "least-loaded"
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

  /// The log of requests.
  public var file: String
  /// Mean arrivals in a second, to which the log's gaps are scaled; nil plays them as logged.
  public var rate: PerSecond?
  /// So many requests of the log, from the first; nil is all.
  public var first: Int?
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
  /// Servers of the same kind, each with a memory of its own.
  public var replicas = 1
  public var routing = Routing.roundRobin
  /// Share of the requests, from the first, that metrics leave out.
  public var warmUp = 0.1
  public var serviceLevel: ServiceLevel?

  public init(file: String) { self.file = file }
}
