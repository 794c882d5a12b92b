import Diagnostics
import Workloads

/// Plays a stream of requests on replicas of one server, from the first arrival to the last end.
///
/// Where prompts have servers of their own, these come first among the replicas.
public struct StreamPlayer<Clock: StepClock> {
  private let stream: RequestStream
  private var router: Router
  private let tiers: [KVTiers]
  private var table: RequestTable
  private var replicas: [Replica<Clock>]
  /// Those that requests arrive at, and those that decode: the same unless prompts are apart.
  private let entrance: Range<Int>
  private let decoders: Range<Int>
  private var graph: RequestGraph?
  private var handover: Handover?
  /// Whether steps of all replicas begin and end together.
  private let inLockstep: Bool

  /// - Parameter prompts: the servers that compute prompts; nil where all replicas do both.
  /// - Precondition: there is a replica.
  public init(
    _ stream: RequestStream, _ clock: Clock, _ limits: ServingLimits,
    tiers: KVTiers = KVTiers(), replicas: Int = 1,
    routing: RequestTraffic.Routing = .roundRobin, inLockstep: Bool = false,
    prompts: PromptServers<Clock>? = nil
  ) {
    precondition(replicas > 0)
    self.inLockstep = inLockstep && replicas > 1
    self.stream = stream
    router = Router(routing)
    self.tiers = [tiers] + (prompts.map { [$0.tiers] } ?? [])
    table = RequestTable(stream)
    graph = RequestGraph(stream)
    let senders = prompts?.replicas ?? 0
    entrance = 0..<(prompts == nil ? replicas : senders)
    decoders = senders..<(senders + replicas)
    self.replicas = []
    var replica = Replica(clock, limits, stream, tiers, findsPrompts: prompts == nil)
    replica.stopsAtEnds = graph != nil
    if let prompts {
      handover = Handover(
        prompts.transfer, senders: senders, receivers: replicas, requests: stream.count)
      table.hasLanded = Array(repeating: false, count: stream.count)
      var sender = Replica(prompts.clock, prompts.limits, stream, prompts.tiers)
      (sender.handsOver, sender.stopsAtEnds) = (true, graph != nil)
      self.replicas = Array(repeating: sender, count: senders)
    }
    self.replicas += Array(repeating: replica, count: replicas)
  }

  /// - Throws: `Faults` when a step cannot be priced.
  public mutating func play() throws(Faults) -> PlayedStream {
    var next = 0
    while true {
      while next < stream.count, graph?.waits(next) ?? false { next += 1 }
      let planned = next < stream.count ? table.arrivals[next] : .max
      let limit = min(
        planned, graph?.released.first?.key ?? .max, handover?.next ?? .max)
      if try run(until: limit) { continue }
      guard limit < .max else { break }
      if let event = handover?.event(at: limit) {
        try pass(event, at: limit)
      } else if let first = graph?.released.first, first.key == limit {
        graph?.released.removeFirst()
        table.arrivals[Int(first.request)] = limit
        arrive(first.request, at: limit)
      } else {
        arrive(Int32(next), at: limit)
        next += 1
      }
    }
    for place in replicas.indices { replicas[place].endCopies() }
    var played = played(decoders, tiers[0])
    if let handover {
      played.promptServers = self.played(entrance, tiers[1])
      played.transfers = handover.total
      played.transit = handover.area
    }
    played.assertLittle()
    return played
  }

  private func played(_ places: Range<Int>, _ tiers: KVTiers) -> PlayedStream {
    PlayedStream(
      table, replicas[places].map(\.tally), replicas[places].map(\.ledger.peak),
      replicas[places.lowerBound].limits, tiers)
  }

  /// Runs every replica up to a moment.
  /// - Returns: whether something came of it that may happen before that moment: an arrival, or a
  ///   prompt that goes to a server that decodes.
  private mutating func run(until limit: Int64) throws(Faults) -> Bool {
    if inLockstep { return try runTogether(until: limit) }
    guard graph != nil else {
      // Servers of prompts first: what they hand over must find the others before its moment.
      for place in replicas.indices {
        try replicas[place].run(until: limit, &table)
        if try takeNotes(of: place) { return true }
      }
      return false
    }
    // The replica that is behind goes first, and not past the next one: an end there may release a
    // request that arrives here.
    while let behind = behind(), replicas[behind].nextStep < limit {
      var bound = limit
      for place in replicas.indices where place != behind && replicas[place].population > 0 {
        bound = min(bound, max(replicas[place].nextStep, replicas[behind].nextStep + 1))
      }
      try replicas[behind].run(until: bound, &table)
      if try takeNotes(of: behind) { return true }
    }
    return false
  }

  /// Steps of all replicas that begin before a moment: each takes as long as the longest of them, and a
  /// request that arrives meanwhile waits for the next.
  private mutating func runTogether(until limit: Int64) throws(Faults) -> Bool {
    var prepared: [Replica<Clock>.Prepared?] = []
    while true {
      let present = replicas.reduce(0) { max($0, $1.now) }
      guard present < limit, replicas.contains(where: { $0.population > 0 }) else { return false }
      prepared.removeAll(keepingCapacity: true)
      for place in replicas.indices {
        replicas[place].wait(until: present)
        prepared.append(try replicas[place].prepare(&table))
      }
      let longest = prepared.reduce(0) { max($0, $1?.time ?? 0) }
      // All that ran were preempted: they enter again.
      guard longest > 0 else { continue }
      var releases = false
      for place in replicas.indices {
        if let step = prepared[place] { replicas[place].complete(step, in: longest, &table) }
        if try takeNotes(of: place) { releases = true }
      }
      if releases { return true }
    }
  }

  /// Takes the requests that a replica is done with.
  /// - Returns: whether something comes of them.
  private mutating func takeNotes(of place: Int) throws(Faults) -> Bool {
    let releases = try graph?.end(replicas[place].ended, table) ?? false
    replicas[place].ended.removeAll(keepingCapacity: true)
    let handed = replicas[place].handed
    guard !handed.isEmpty else { return releases }
    replicas[place].handed.removeAll(keepingCapacity: true)
    for request in handed {
      handover?.push(request, from: place, at: table.stopped[Int(request)])
    }
    return true
  }

  private func behind() -> Int? {
    replicas.indices.filter { replicas[$0].population > 0 }
      .min { replicas[$0].nextStep < replicas[$1].nextStep }
  }

  private mutating func arrive(_ request: Int32, at time: Int64) {
    let row = Int(request)
    let place = router.choose(
      request, among: replicas[entrance], prompt: stream.prompts[row])
    if handover != nil, !replicas[decoders.lowerBound].fits(row, table) {
      table.isRefused[row] = true
    } else {
      replicas[place].arrive(request, at: time, &table)
    }
    if table.isRefused[row] { graph?.refuseFollowers(of: request, &table) }
  }

  /// Sends a prompt's KV to the server that decodes for the fewest requests, those on their way to it
  /// among them, or lets it arrive there.
  private mutating func pass(_ event: Handover.Event, at time: Int64) throws(Faults) {
    switch event {
    case .done(let request):
      let load = decoders.map {
        replicas[$0].population + (handover?.coming[$0 - decoders.lowerBound] ?? 0)
      }
      try handover?.send(
        request, tokens: Int(stream.prompts[Int(request)]),
        to: load.indices.min { load[$0] < load[$1] } ?? 0, at: time)
    case .landed(let request, let receiver):
      replicas[decoders.lowerBound + receiver].land(request, at: time, &table)
    }
  }
}
