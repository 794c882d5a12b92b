import Workloads

/// Chooses the replica of each request.
struct Router {
  let routing: RequestTraffic.Routing
  private var turn = 0

  /// *Source*: the cache-aware policy of SGLang's router, with the defaults of its documentation
  /// (sgl-project/sglang, rust/README.md of sglang-router 0.1, 2024). Loads count as apart where the
  /// greatest is above the least by more than `balance_abs_threshold` and by more than the factor
  /// `balance_rel_threshold`; a prompt follows its prefix where more than `cache_threshold` of it is
  /// found. Else SGLang takes the smallest of the trees that it keeps of what it has sent; here the
  /// replicas' own indexes are asked, which know nothing of prompts that wait, so the least loaded is
  /// taken, and of these the one with the fewest blocks.
  private static let loadGap = 32
  private static let loadRatio = 1.0001
  private static let foundShare = 0.5

  init(_ routing: RequestTraffic.Routing) { self.routing = routing }

  /// - Precondition: there is a replica, and all have run up to the request's arrival.
  /// - Returns: its place in the slice.
  mutating func choose<Clock>(
    _ request: Int32, among replicas: ArraySlice<Replica<Clock>>, prompt: Int32
  ) -> Int {
    switch routing {
    case .roundRobin:
      defer { turn = (turn + 1) % replicas.count }
      return replicas.startIndex + turn
    case .leastLoaded: return Self.least(replicas) { $0.population }
    case .prefixAware: return byPrefix(request, among: replicas, prompt: prompt)
    }
  }

  private func byPrefix<Clock>(
    _ request: Int32, among replicas: ArraySlice<Replica<Clock>>, prompt: Int32
  ) -> Int {
    let least = Self.least(replicas) { $0.population }
    let (low, high) = (
      replicas[least].population, replicas.reduce(0) { max($0, $1.population) }
    )
    if high - low > Self.loadGap, Double(high) > Self.loadRatio * Double(low) { return least }
    let best = Self.least(replicas) { -$0.matchingTokens(Int(request)) }
    let found = replicas[best].matchingTokens(Int(request))
    if Double(found) > Self.foundShare * Double(prompt) { return best }
    return Self.least(replicas) { $0.population << 32 + ($0.prefixes?.blocks ?? 0) }
  }

  /// The first replica of those with the least value.
  private static func least<Clock>(
    _ replicas: ArraySlice<Replica<Clock>>, _ value: (Replica<Clock>) -> Int
  ) -> Int {
    var (place, least) = (replicas.startIndex, Int.max)
    for other in replicas.indices {
      let value = value(replicas[other])
      if value < least { (place, least) = (other, value) }
    }
    return place
  }
}

extension Replica {
  /// Leading tokens of a prompt that the replica's index holds.
  fileprivate func matchingTokens(_ request: Int) -> Int {
    prefixes?.matchingTokens(request) ?? 0
  }
}
