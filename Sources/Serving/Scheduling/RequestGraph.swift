import Workloads

/// Requests that wait for others: when the last of its parents has ended a request arrives, or when
/// the stream says, if that is later.
struct RequestGraph {
  /// Requests whose parents have ended, by when they arrive.
  var released = KeyedHeap()
  private var open: [Int32]
  private var children: [[Int32]]
  private let hasParents: [Bool]

  /// Nil where no request has parents.
  init?(_ stream: RequestStream) {
    guard !stream.parents.isEmpty else { return nil }
    open = (0..<stream.count).map { Int32(stream.parents(of: $0).count) }
    children = Array(repeating: [], count: stream.count)
    hasParents = open.map { $0 > 0 }
    for request in 0..<stream.count {
      for parent in stream.parents(of: request) { children[Int(parent)].append(Int32(request)) }
    }
  }

  /// Whether a request arrives by its parents and not by the stream alone.
  func waits(_ request: Int) -> Bool { hasParents[request] }

  /// - Returns: whether some request was released.
  mutating func end(_ parents: [Int32], _ table: RequestTable) -> Bool {
    var releases = false
    for parent in parents {
      for child in children[Int(parent)] {
        open[Int(child)] -= 1
        guard open[Int(child)] == 0 else { continue }
        released.push(max(table.ends[Int(parent)], table.arrivals[Int(child)]), child)
        releases = true
      }
    }
    return releases
  }
}
