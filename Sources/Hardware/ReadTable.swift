import Quantities

/// Measured random-read throughput of a storage device over chunk size and queue depth.
public struct ReadTable: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    public var chunk: Bytes
    /// Requests in flight at once.
    public var depth: Int
    public var throughput: Figure<BytesPerSecond>
    public init(chunk: Bytes, depth: Int, throughput: Figure<BytesPerSecond>) {
      self.chunk = chunk
      self.depth = depth
      self.throughput = throughput
    }
  }

  /// Sorted by depth, then chunk.
  public let points: [Point]
  /// One curve over chunk size for each measured depth, in logarithms of bytes per second.
  private let depths: [Int]
  private let curves: [Curve]

  /// - Precondition: not empty, positive sizes, depths and rates, no (chunk, depth) twice.
  public init(_ points: [Point]) {
    precondition(!points.isEmpty, "a read table needs points")
    self.points = points.sorted { ($0.depth, $0.chunk.value) < ($1.depth, $1.chunk.value) }
    depths = Set(points.map(\.depth)).sorted()
    let sorted = self.points
    curves = depths.map { depth in
      let row = sorted.filter { $0.depth == depth }
      return Curve(
        sizes: row.map(\.chunk.value),
        values: row.map { Elementary.logarithm($0.throughput.value.value) })
    }
  }

  /// Throughput of random reads of `chunk` bytes with `depth` in flight.
  ///
  /// Between measured chunk sizes and depths the logarithm of the throughput is interpolated in the
  /// logarithm of each; outside them the nearest measured row holds, except that throughput below
  /// the smallest measured chunk falls in proportion to the chunk (the device serves a fixed number
  /// of requests a second there).
  public func throughput(chunk: Bytes, depth: Double) -> BytesPerSecond {
    let upper = depths.firstIndex { Double($0) >= depth } ?? depths.count - 1
    let lower = max(0, Double(depths[upper]) > depth ? upper - 1 : upper)
    let high = rate(row: upper, chunk: chunk.value)
    guard lower != upper, Double(depths[lower]) < depth else {
      return BytesPerSecond(Elementary.exponential(high))
    }
    let low = rate(row: lower, chunk: chunk.value)
    let (a, b) = (Double(depths[lower]), Double(depths[upper]))
    let share =
      (Elementary.logarithm(depth) - Elementary.logarithm(a))
      / (Elementary.logarithm(b) - Elementary.logarithm(a))
    return BytesPerSecond(Elementary.exponential(low + share * (high - low)))
  }

  private func rate(row: Int, chunk: Double) -> Double {
    let curve = curves[row]
    let smallest = curve.sizes[0]
    guard chunk < smallest else { return curve(chunk) }
    return curve.values[0] + Elementary.logarithm(chunk / smallest)
  }
}
