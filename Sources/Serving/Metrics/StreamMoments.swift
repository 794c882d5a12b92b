/// What all replicas held at one moment of a run.
public struct StreamMoment: Sendable, Hashable {
  /// From the first arrival.
  public var seconds: Double
  /// Sequences in the batches, and requests that wait for a place in one.
  public var batch: Int
  public var waiting: Int
  /// Shares of the pages that there are, by tier of KV, the near one first: there those of sequences, or
  /// with slower tiers also blocks that nobody holds.
  public var occupancy: [Double]
}

extension PlayedStream {
  /// Moments at which a batch changed, in order of time; of long runs every second of them, every
  /// fourth and so on, so that a replica has at most 8,192.
  public var moments: [StreamMoment] {
    var changes: [(time: Int64, replica: Int, place: Int)] = []
    for (replica, tally) in tallies.enumerated() {
      for (place, point) in tally.points.enumerated() {
        changes.append((point.time, replica, place))
      }
    }
    changes.sort { ($0.time, $0.replica, $0.place) < ($1.time, $1.replica, $1.place) }
    var held = [ReplicaTally.Point?](repeating: nil, count: tallies.count)
    var heldPages = [SIMD4<Int64>](repeating: SIMD4(), count: tallies.count)
    var (batch, waiting, pages) = (0, 0, SIMD4<Int64>())
    let capacities = tierPages.map { Double($0) * Double(tallies.count) }
    return changes.map { change in
      let tally = tallies[change.replica]
      let point = tally.points[change.place]
      let before = held[change.replica]
      held[change.replica] = point
      batch += Int(point.batch) - Int(before?.batch ?? 0)
      waiting += Int(point.waiting) - Int(before?.waiting ?? 0)
      let taken =
        tally.tierPoints.isEmpty
        ? SIMD4(point.pages, 0, 0, 0) : tally.tierPoints[change.place]
      pages &+= taken &- heldPages[change.replica]
      heldPages[change.replica] = taken
      return StreamMoment(
        seconds: Double(change.time) * 1e-12, batch: batch, waiting: waiting,
        occupancy: capacities.indices.map { Double(pages[$0]) / max(1, capacities[$0]) })
    }
  }
}
