import Diagnostics
import Quantities
import Workloads

/// Requests that wait for others: a request arrives when the last of its parents has ended and its
/// reader has thought, or when the stream says, if that is later.
struct RequestGraph {
  /// Requests whose parents have ended, by when they arrive.
  var released = KeyedHeap()
  /// Parents of each request that have not ended.
  private var open: [Int32]
  /// The last end of those that have.
  private var lastEnds: [Int64]
  private var children: [Int32]
  /// Where the children of a request begin in `children`: `count + 1` entries.
  private var childStarts: [Int]
  private let stream: RequestStream

  /// Nil where no request has parents.
  init?(_ stream: RequestStream) {
    guard !stream.parents.isEmpty else { return nil }
    self.stream = stream
    open = (0..<stream.count).map { Int32(stream.parents(of: $0).count) }
    lastEnds = Array(repeating: 0, count: stream.count)
    var counts = [Int](repeating: 0, count: stream.count + 1)
    for parent in stream.parents { counts[Int(parent) + 1] += 1 }
    for row in 0..<stream.count { counts[row + 1] += counts[row] }
    childStarts = counts
    children = Array(repeating: 0, count: stream.parents.count)
    for request in 0..<stream.count {
      for parent in stream.parents(of: request) {
        children[counts[Int(parent)]] = Int32(request)
        counts[Int(parent)] += 1
      }
    }
  }

  /// Whether a request arrives by its parents and not by the stream alone.
  func waits(_ request: Int) -> Bool { !stream.arrivesAlone(request) }

  /// Takes note of requests that have ended.
  /// - Returns: whether some request was released.
  /// - Throws: `Faults` with the key `think` where one would arrive after more than 100 days.
  mutating func end(_ parents: [Int32], _ table: RequestTable) throws(Faults) -> Bool {
    var releases = false
    for parent in parents {
      for place in childStarts[Int(parent)]..<childStarts[Int(parent) + 1] {
        let child = Int(children[place])
        open[child] -= 1
        lastEnds[child] = max(lastEnds[child], table.ends[Int(parent)])
        guard open[child] == 0 else { continue }
        let think = stream.thinks.isEmpty ? 0 : stream.thinks[child].picoseconds
        let latest = RequestStream.latest.picoseconds
        guard lastEnds[child] <= latest, think <= latest - lastEnds[child] else {
          throw Faults(
            .outOfRange(
              key: "think", found: "an arrival after more than 100 days",
              allowed: "turns that all arrive in the first 100 days"),
            at: SourcePosition(file: "requests"))
        }
        released.push(max(lastEnds[child] + think, table.arrivals[child]), children[place])
        releases = true
      }
    }
    return releases
  }

  /// Refuses what waits for a request that was refused, and what waits for that.
  func refuseFollowers(of request: Int32, _ table: inout RequestTable) {
    var parents = [request]
    while let parent = parents.popLast() {
      for place in childStarts[Int(parent)]..<childStarts[Int(parent) + 1] {
        let child = Int(children[place])
        guard !table.isRefused[child] else { continue }
        table.isRefused[child] = true
        parents.append(children[place])
      }
    }
  }
}
