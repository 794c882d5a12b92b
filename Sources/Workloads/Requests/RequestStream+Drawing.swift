import Diagnostics
import NumericalMethods
import Quantities

extension RequestStream {
  /// The longest prompt or output, in tokens.
  public static let longest = 1 << 24
  /// The most requests of one stream.
  public static let mostRequests = 1 << 28
  /// The latest arrival: 100 days, so that what follows it still has an instant.
  public static let latest = Instant(picoseconds: 8_640_000 * 1_000_000_000_000)

  /// Draws a stream: `count` requests, the first after one gap.
  ///
  /// Arrivals, prompts and outputs have random streams of their own, so that another rate leaves
  /// every request's lengths as they are.
  /// - Throws: `Faults` with the keys `count`, `prompt` or `output`, or `rate` where the arrivals
  ///   go on for more than 100 days.
  public init(
    drawing count: Int, gaps: GapDistribution, prompts: TokenLengths, outputs: TokenLengths,
    seed: UInt64
  ) throws(Faults) {
    guard (1...Self.mostRequests).contains(count) else {
      throw refusal("count", "\(count)", "a whole number between 1 and \(Self.mostRequests)")
    }
    try prompts.check("prompt")
    try outputs.check("output")
    arrivals = try Self.arrivals(count, gaps: gaps, seed: seed)
    self.prompts = Self.lengths(prompts, count, "prompts", seed: seed)
    self.outputs = Self.lengths(outputs, count, "outputs", seed: seed)
  }

  /// The same requests in the same order, with arrivals drawn anew: a log's lengths under Poisson
  /// arrivals, say. What the log's clock said is gone; a request with parents follows them.
  /// - Throws: `Faults` with the key `rate` where they go on for more than 100 days.
  public func redrawn(_ gaps: GapDistribution, seed: UInt64) throws(Faults) -> RequestStream {
    var stream = self
    guard !parents.isEmpty else {
      stream.arrivals = try Self.arrivals(count, gaps: gaps, seed: seed)
      return stream
    }
    let own = (0..<count).filter(arrivesAlone)
    let drawn = try Self.arrivals(own.count, gaps: gaps, seed: seed)
    for (row, arrival) in zip(own, drawn) { stream.arrivals[row] = arrival }
    for row in 0..<count {
      guard let last = parents(of: row).lazy.map({ stream.arrivals[Int($0)] }).max() else {
        continue
      }
      stream.arrivals[row] = last
    }
    return try stream.inOrder()
  }

  static func arrivals(
    _ count: Int, gaps: GapDistribution, seed: UInt64
  ) throws(Faults) -> [Instant] {
    var draws = KeyedStream(seed: seed, purpose: "arrivals")
    var arrivals: [Instant] = []
    arrivals.reserveCapacity(count)
    var now: Int64 = 0
    // Gaps are rounded one by one: the sum is of whole picoseconds and does not drift.
    for _ in 0..<count {
      let gap = gaps.draw(&draws) * 1e12
      guard gap < Double(latest.picoseconds), now + Int64(gap.rounded()) <= latest.picoseconds
      else {
        throw refusal(
          "rate", "\(1 / gaps.mean.value)/s", "one that gives \(count) requests in 100 days")
      }
      now += Int64(gap.rounded())
      arrivals.append(Instant(picoseconds: now))
    }
    return arrivals
  }

  static func lengths(
    _ lengths: TokenLengths, _ count: Int, _ purpose: KeyedStream.Purpose, seed: UInt64
  ) -> [Int32] {
    var draws = KeyedStream(seed: seed, purpose: purpose)
    return (0..<count).map { lengths.draw($0, &draws) }
  }
}
