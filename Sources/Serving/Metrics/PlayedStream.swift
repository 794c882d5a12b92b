/// A stream that was played: its requests' times and what the replicas added up.
public struct PlayedStream: Sendable, Equatable {
  public let requests: RequestTable
  /// Times between tokens of all requests.
  public let gaps: GapHistogram
  /// Energy in nanojoules beyond idle, thousands of flops, bytes by path.
  public let amounts: [Int64]
  /// Picoseconds that replicas spent in steps, and how many those were.
  public let busy: Int64
  public let steps: Int64
  /// Steps with pieces of prompts.
  public let mixedSteps: Int64
  /// Picoseconds in which the next request waited for pages, for a place in the batch, or for tokens.
  public let waitedForPages: Int64
  public let waitedForPlaces: Int64
  public let waitedForTokens: Int64
  /// The most pages taken on one replica at once.
  public let mostPages: Int
  public let limits: ServingLimits
  /// Tiers of KV, the near one first.
  public let tierNames: [String]
  /// Pages that each of them may hold on one replica.
  public let tierPages: [Int]
  public let bytesPerPage: Int64
  /// What went over the links between them: of each link the way up, then the way down.
  public let copies: [CopyTotal]
  /// Tokens of prompts that were looked up among blocks: those of all requests that started.
  public let lookedUpTokens: Int64
  /// Picoseconds in which requests waited for copies and nothing kept them otherwise, and of these the
  /// ones in which nothing ran.
  public let waitedForCopies: Int64
  public let stalled: Int64
  private let found: SIMD4<Int64>
  let tallies: [ReplicaTally]
  /// What went from servers that compute prompts to those that decode; nil where they are the same.
  public internal(set) var transfers: TransferTotal?
  /// Picoseconds that requests spent on that way.
  var transit: Int128 = 0
  /// An array, as a value cannot hold one of its own kind.
  private var others: [PlayedStream] = []

  init(
    _ requests: RequestTable, _ tallies: [ReplicaTally], _ peaks: [Int], _ limits: ServingLimits,
    _ tiers: KVTiers
  ) {
    self.requests = requests
    self.tallies = tallies
    self.limits = limits
    mostPages = peaks.max() ?? 0
    var gaps = GapHistogram()
    var amounts = tallies.first?.amounts.map { _ in Int64(0) } ?? []
    for tally in tallies {
      gaps.add(tally.gaps)
      for place in amounts.indices { amounts[place] += tally.amounts[place] }
    }
    self.gaps = gaps
    self.amounts = amounts
    busy = tallies.reduce(0) { $0 + $1.busy }
    steps = tallies.reduce(0) { $0 + $1.steps }
    mixedSteps = tallies.reduce(0) { $0 + $1.mixedSteps }
    func waited(_ reason: ReplicaTally.Wait) -> Int64 {
      tallies.reduce(0) { $0 + $1.waits[reason.rawValue] }
    }
    waitedForPages = waited(.pages)
    waitedForPlaces = waited(.sequences)
    waitedForTokens = waited(.tokens)
    stalled = tallies.reduce(0) { $0 + $1.stalled }
    waitedForCopies = waited(.copies) + stalled
    tierNames = tiers.names
    bytesPerPage = tiers.bytesPerPage
    tierPages = [limits.pages] + tiers.pages
    found = tallies.reduce(SIMD4()) { $0 &+ $1.found }
    lookedUpTokens = tallies.reduce(0) { $0 + $1.lookedUp }
    var copies = tallies.first?.copies ?? []
    for tally in tallies.dropFirst() {
      for place in copies.indices { copies[place].add(tally.copies[place]) }
    }
    self.copies = copies
  }

  /// The servers that compute prompts, with the same requests, where they are apart. The rest is then of
  /// the servers that decode.
  public internal(set) var promptServers: PlayedStream? {
    get { others.first }
    set { others = newValue.map { [$0] } ?? [] }
  }

  /// Picoseconds from the start to the last end.
  public var length: Int64 { requests.ends.max() ?? 0 }

  /// Share of the pages that are taken: over time, and the most on one replica.
  var occupancy: (mean: Double, peak: Double) {
    let capacity = Double(limits.pages)
    let span = Double(max(1, length)) * Double(tallies.count)
    let pages = tallies.reduce(0.0) { $0 + Double($1.pageArea) / 2 } / span
    return (pages / capacity, Double(mostPages) / capacity)
  }

  /// Tokens of prompts that requests found in a tier when they were let in, the near one being 0.
  public func hitTokens(_ tier: Int) -> Int64 { tierNames.indices.contains(tier) ? found[tier] : 0 }

  /// Pages that hold KV in a tier, a replica: their mean over time, on straight lines between the
  /// points at which they are counted, and the most at any point. Nil without slower tiers.
  public func heldPages(_ tier: Int) -> (mean: Double, peak: Int64)? {
    guard tierNames.count > 1, tierNames.indices.contains(tier), length > 0 else { return nil }
    let area = tallies.reduce(Int128(0)) { $0 + $1.tierArea[tier] }
    return (
      Double(area) / 2 / Double(length) / Double(tallies.count),
      tallies.map { $0.tierPeak[tier] }.max() ?? 0
    )
  }

  /// Requests in the system over time, as replicas counted them, and the times that requests spent
  /// there: by Little's law one number.
  public var little: (counted: Int128, spent: Int128) {
    var spent: Int128 = 0
    for row in 0..<requests.count where requests.ends[row] >= 0 {
      spent += Int128(requests.ends[row] - requests.arrivals[row])
    }
    let all = tallies + (promptServers?.tallies ?? [])
    return (all.reduce(transit) { $0 + $1.area }, spent)
  }

  func assertLittle() {
    let (counted, spent) = little
    precondition(counted == spent, "a request was lost or counted twice")
  }
}
