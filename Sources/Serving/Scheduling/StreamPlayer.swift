import Diagnostics
import Workloads

/// Plays a stream of requests on one replica from the first arrival to the last end.
public struct StreamPlayer<Clock: StepClock> {
  private let stream: RequestStream
  private var table: RequestTable
  private var replica: Replica<Clock>
  /// Requests whose parents have ended, by when.
  private var released = KeyedHeap()
  private var openParents: [Int32] = []
  private var children: [[Int32]] = []

  public init(_ stream: RequestStream, _ clock: Clock, _ limits: ServingLimits) {
    self.stream = stream
    table = RequestTable(stream)
    replica = Replica(clock, limits, requests: stream.count)
    if !stream.parentStarts.isEmpty { prepareGraph() }
  }

  /// - Throws: `Faults` when a step cannot be priced.
  public mutating func play() throws(Faults) -> PlayedStream {
    replica.stopsAtEnds = !children.isEmpty
    var next = 0
    while true {
      while next < stream.count, hasParents(next) { next += 1 }
      let planned = next < stream.count ? table.arrivals[next] : .max
      let limit = min(planned, released.first?.key ?? .max)
      try replica.run(until: limit, &table)
      release()
      if replica.now < limit, replica.population > 0 || limit == .max && !released.isEmpty {
        continue
      }
      guard limit < .max else { break }
      if let first = released.first, first.key == limit, limit <= planned {
        released.removeFirst()
        table.arrivals[Int(first.request)] = limit
        replica.arrive(first.request, at: limit, &table)
      } else {
        replica.arrive(Int32(next), at: limit, &table)
        next += 1
      }
    }
    let played = PlayedStream(table, [replica.tally], [replica.ledger.peak], replica.limits)
    played.assertLittle()
    return played
  }

  private func hasParents(_ request: Int) -> Bool {
    !openParents.isEmpty && !stream.parents(of: request).isEmpty
  }

  private mutating func prepareGraph() {
    openParents = (0..<stream.count).map { Int32(stream.parents(of: $0).count) }
    guard openParents.contains(where: { $0 > 0 }) else {
      openParents = []
      return
    }
    children = Array(repeating: [], count: stream.count)
    for request in 0..<stream.count {
      for parent in stream.parents(of: request) { children[Int(parent)].append(Int32(request)) }
    }
  }

  /// Requests whose parents have all ended arrive then, or when the stream says if that is later.
  private mutating func release() {
    guard !children.isEmpty else {
      replica.ended.removeAll(keepingCapacity: true)
      return
    }
    for parent in replica.ended {
      for child in children[Int(parent)] {
        openParents[Int(child)] -= 1
        guard openParents[Int(child)] == 0 else { continue }
        released.push(max(table.ends[Int(parent)], table.arrivals[Int(child)]), child)
      }
    }
    replica.ended.removeAll(keepingCapacity: true)
  }
}
