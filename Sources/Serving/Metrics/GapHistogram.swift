/// Times between tokens, counted in bins of less than 0.8 % of their length.
///
/// A run of steps whose times rise evenly is counted bin by bin, with the counts that adding step by
/// step gives.
public struct GapHistogram: Sendable, Equatable {
  private static let grid = SizeGrid(bits: 7)
  private var counts: [Int64] = []
  public private(set) var total: Int64 = 0
  /// Picoseconds.
  private var sum: Int128 = 0

  public init() {}

  mutating func add(_ span: Int64, times: Int64 = 1) {
    let place = Self.grid.place(Int(span))
    while counts.count <= place { counts.append(0) }
    counts[place] += times
    total += times
    sum += Int128(span) * Int128(times)
  }

  /// Adds `steps` spans, each `rise` longer than the one before, `times` of each.
  mutating func add(_ first: Int64, rise: Int64, steps: Int64, times: Int64) {
    var (span, left) = (first, steps)
    while left > 0 {
      let place = Self.grid.place(Int(span))
      var inside = left
      if rise > 0 {
        inside = min(left, (Int64(Self.grid.size(place + 1)) - 1 - span) / rise + 1)
      } else if rise < 0 {
        inside = min(left, (span - Int64(Self.grid.size(place))) / -rise + 1)
      }
      while counts.count <= place { counts.append(0) }
      counts[place] += inside * times
      span += inside * rise
      left -= inside
    }
    total += steps * times
    let all = Int128(steps) * Int128(first) + Int128(rise) * Int128(steps * (steps - 1) / 2)
    sum += all * Int128(times)
  }

  mutating func add(_ other: GapHistogram) {
    while counts.count < other.counts.count { counts.append(0) }
    for place in other.counts.indices { counts[place] += other.counts[place] }
    total += other.total
    sum += other.sum
  }

  /// Seconds; nil without gaps.
  public var mean: Double? { total > 0 ? Double(sum) / Double(total) * 1e-12 : nil }

  /// The middle of the bin in which the quantile lies, in seconds; nil without gaps.
  public func quantile(_ share: Double) -> Double? {
    guard total > 0 else { return nil }
    let rank = Int64((share * Double(total)).rounded(.up))
    var below: Int64 = 0
    for (place, count) in counts.enumerated() {
      below += count
      if below >= max(1, rank) {
        return Double(Self.grid.size(place) + Self.grid.size(place + 1)) / 2 * 1e-12
      }
    }
    return nil
  }
}
