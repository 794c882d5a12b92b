import Diagnostics
import Quantities

extension RequestStream {
  /// Several streams as one, in order of arrival; of equal arrivals the earlier stream's come first.
  ///
  /// Prefixes, sessions and parents stay within their stream: identities are numbered anew, so that
  /// equal ones of two logs, which mean nothing to each other, are not taken for the same prefix.
  /// - Throws: `Faults` with the key `requests` for blocks of different sizes or too many requests.
  public static func merged(_ streams: [RequestStream]) throws(Faults) -> RequestStream {
    let count = streams.reduce(0) { $0 + $1.count }
    let blockCount = streams.reduce(0) { $0 + $1.blocks.count }
    guard count <= mostRequests, blockCount <= Int(Int32.max) else {
      throw refusal("requests", "\(count) requests", "at most \(mostRequests) in one stream")
    }
    let sizes = Set(streams.map(\.blockTokens)).subtracting([0])
    guard sizes.count <= 1 else {
      let names = sizes.sorted().map(String.init).joined(separator: " and ")
      throw refusal("requests", "blocks of \(names) tokens", "logs with blocks of one size")
    }
    let order = arrivalOrder(streams, count)
    var merged = RequestStream()
    merged.arrivals = order.map { streams[$0.stream].arrivals[$0.row] }
    merged.prompts = order.map { streams[$0.stream].prompts[$0.row] }
    merged.outputs = order.map { streams[$0.stream].outputs[$0.row] }
    if let size = sizes.first { merged.takeBlocks(streams, order, size, blockCount) }
    if streams.contains(where: { !$0.sessions.isEmpty }) { merged.takeSessions(streams, order) }
    if streams.contains(where: { !$0.parents.isEmpty }) { merged.takeParents(streams, order) }
    merged.thinks = column(streams, order, \.thinks, default: .zero)
    merged.priorities = column(streams, order, \.priorities, default: 0)
    return merged
  }

  /// The requests in order of arrival, parents before their children.
  /// - Precondition: no request arrives before its parents.
  public func inOrder() throws(Faults) -> RequestStream {
    let isInOrder = zip(arrivals, arrivals.dropFirst()).allSatisfy { $0 <= $1 }
    return isInOrder ? self : try Self.merged([self])
  }

  /// A column that streams may leave empty; empty where all do.
  private static func column<T>(
    _ streams: [RequestStream], _ order: [Place], _ path: KeyPath<RequestStream, [T]>, default: T
  ) -> [T] {
    let columns = streams.map { $0[keyPath: path] }
    guard columns.contains(where: { !$0.isEmpty }) else { return [] }
    return order.map { columns[$0.stream].isEmpty ? `default` : columns[$0.stream][$0.row] }
  }

  private typealias Place = (stream: Int, row: Int)

  private static func arrivalOrder(_ streams: [RequestStream], _ count: Int) -> [Place] {
    var order: [Place] = []
    order.reserveCapacity(count)
    for (index, stream) in streams.enumerated() {
      for row in 0..<stream.count { order.append((index, row)) }
    }
    order.sort { a, b in
      let (first, second) = (streams[a.stream].arrivals[a.row], streams[b.stream].arrivals[b.row])
      return first != second ? first < second : (a.stream, a.row) < (b.stream, b.row)
    }
    return order
  }

  private mutating func takeBlocks(
    _ streams: [RequestStream], _ order: [Place], _ size: Int, _ blockCount: Int
  ) {
    blockTokens = size
    blocksGoOn = streams.contains(where: \.blocksGoOn)
    blocks.reserveCapacity(blockCount)
    blockStarts = [0]
    var numbers = streams.map { _ in [UInt64: UInt64]() }
    var next: UInt64 = 0
    for place in order {
      let stream = streams[place.stream]
      // A last block that is partial is no whole one of prompt and output either.
      let most = blocksGoOn && !stream.blocksGoOn ? Int(stream.prompts[place.row]) / size : .max
      for block in stream.blocks(of: place.row).prefix(most) {
        if let number = numbers[place.stream][block] {
          blocks.append(number)
        } else {
          numbers[place.stream][block] = next
          blocks.append(next)
          next += 1
        }
      }
      blockStarts.append(Int32(blocks.count))
    }
  }

  /// Sessions are numbered in order of arrival; a request of a stream without any is one itself.
  private mutating func takeSessions(_ streams: [RequestStream], _ order: [Place]) {
    var numbers = streams.map { _ in [Int32: Int32]() }
    var next: Int32 = 0
    for place in order {
      let given = streams[place.stream].sessions
      let known = given.isEmpty ? nil : numbers[place.stream][given[place.row]]
      if known == nil {
        if !given.isEmpty { numbers[place.stream][given[place.row]] = next }
        next += 1
      }
      sessions.append(known ?? next - 1)
    }
  }

  private mutating func takeParents(_ streams: [RequestStream], _ order: [Place]) {
    var rows = streams.map { [Int32](repeating: 0, count: $0.count) }
    for (row, place) in order.enumerated() { rows[place.stream][place.row] = Int32(row) }
    parentStarts = [0]
    for place in order {
      for parent in streams[place.stream].parents(of: place.row) {
        parents.append(rows[place.stream][Int(parent)])
      }
      parentStarts.append(Int32(parents.count))
    }
  }
}
