import Diagnostics
import Workloads

/// Plays a stream of requests on replicas of one server, from the first arrival to the last end.
public struct StreamPlayer<Clock: StepClock> {
  private let stream: RequestStream
  private let routing: RequestTraffic.Routing
  private var table: RequestTable
  private var replicas: [Replica<Clock>]
  private var turn = 0
  private var graph: RequestGraph?
  /// Whether steps of all replicas begin and end together.
  private let inLockstep: Bool

  /// - Precondition: there is a replica.
  public init(
    _ stream: RequestStream, _ clock: Clock, _ limits: ServingLimits, replicas: Int = 1,
    routing: RequestTraffic.Routing = .roundRobin, inLockstep: Bool = false
  ) {
    precondition(replicas > 0)
    self.inLockstep = inLockstep && replicas > 1
    self.stream = stream
    self.routing = routing
    table = RequestTable(stream)
    graph = RequestGraph(stream)
    let replica = Replica(clock, limits, stream)
    self.replicas = Array(repeating: replica, count: replicas)
    if graph != nil {
      for place in self.replicas.indices { self.replicas[place].stopsAtEnds = true }
    }
  }

  /// - Throws: `Faults` when a step cannot be priced.
  public mutating func play() throws(Faults) -> PlayedStream {
    var next = 0
    while true {
      while next < stream.count, graph?.waits(next) ?? false { next += 1 }
      let planned = next < stream.count ? table.arrivals[next] : .max
      let limit = min(planned, graph?.released.first?.key ?? .max)
      if try run(until: limit) { continue }
      guard limit < .max else { break }
      if let first = graph?.released.first, first.key == limit {
        graph?.released.removeFirst()
        table.arrivals[Int(first.request)] = limit
        arrive(first.request, at: limit)
      } else {
        arrive(Int32(next), at: limit)
        next += 1
      }
    }
    let played = PlayedStream(
      table, replicas.map(\.tally), replicas.map(\.ledger.peak), replicas[0].limits)
    played.assertLittle()
    return played
  }

  /// Runs every replica up to a moment.
  /// - Returns: whether requests were released meanwhile, which may arrive before that moment.
  private mutating func run(until limit: Int64) throws(Faults) -> Bool {
    if inLockstep { return try runTogether(until: limit) }
    guard graph != nil else {
      for place in replicas.indices {
        try replicas[place].run(until: limit, &table)
        replicas[place].ended.removeAll(keepingCapacity: true)
      }
      return false
    }
    // The replica that is behind goes first, and not past the next one: an end there may release a
    // request that arrives here.
    while let behind = behind(), replicas[behind].now < limit {
      var bound = limit
      for place in replicas.indices where place != behind && replicas[place].population > 0 {
        bound = min(bound, max(replicas[place].now, replicas[behind].now + 1))
      }
      try replicas[behind].run(until: bound, &table)
      let ended = replicas[behind].ended
      replicas[behind].ended.removeAll(keepingCapacity: true)
      if graph?.end(ended, table) ?? false { return true }
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
        let ended = replicas[place].ended
        replicas[place].ended.removeAll(keepingCapacity: true)
        if graph?.end(ended, table) ?? false { releases = true }
      }
      if releases { return true }
    }
  }

  private func behind() -> Int? {
    replicas.indices.filter { replicas[$0].population > 0 }
      .min { replicas[$0].now < replicas[$1].now }
  }

  private mutating func arrive(_ request: Int32, at time: Int64) {
    var place = 0
    switch routing {
    case .roundRobin:
      place = turn
      turn = (turn + 1) % replicas.count
    case .leastLoaded:
      for other in replicas.indices
      where replicas[other].population < replicas[place].population {
        place = other
      }
    }
    replicas[place].arrive(request, at: time, &table)
  }
}
