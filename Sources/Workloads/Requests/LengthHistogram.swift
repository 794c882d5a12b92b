import Diagnostics
import NumericalMethods

/// Lengths as a histogram: bins with both ends included, each length of a bin equally likely.
public struct LengthHistogram: Sendable, Hashable {
  public struct Bin: Sendable, Hashable {
    /// Tokens, both ends included; 0 or more.
    public var lengths: ClosedRange<Int>
    /// How often lengths of this bin occur, in any unit; 0 or more.
    public var weight: Double
    public init(lengths: ClosedRange<Int>, weight: Double) {
      self.lengths = lengths
      self.weight = weight
    }
  }

  /// Bins in rising order, without those of weight 0.
  public let bins: [Bin]
  /// The share of all lengths up to the end of each bin; the last is 1.
  private let cumulative: [Double]

  /// - Throws: `Faults` for bins that overlap, negative or infinite weights, lengths below 0 or
  ///   above `RequestStream.longest`, or when all weights are 0.
  public init(_ bins: [Bin]) throws(Faults) {
    let sorted = bins.filter { $0.weight != 0 }
      .sorted { $0.lengths.lowerBound < $1.lengths.lowerBound }
    var total = 0.0
    for (index, bin) in sorted.enumerated() {
      guard bin.weight > 0, bin.weight.isFinite else {
        throw refusal("weight", "\(bin.weight)", "0 or more, and finite")
      }
      guard bin.lengths.lowerBound >= 0, bin.lengths.upperBound <= RequestStream.longest else {
        throw refusal("lengths", "\(bin.lengths)", "lengths between 0 and \(RequestStream.longest)")
      }
      if index > 0, sorted[index - 1].lengths.upperBound >= bin.lengths.lowerBound {
        throw refusal("lengths", "\(bin.lengths)", "bins that do not overlap")
      }
      total += bin.weight
    }
    guard total > 0, total.isFinite else {
      throw refusal("weight", "\(total) in all bins", "a finite sum above 0")
    }
    self.bins = sorted
    var sum = 0.0
    cumulative = sorted.map { bin in
      sum += bin.weight
      return sum / total
    }
  }

  /// The mean length.
  public var mean: Double {
    var (sum, below) = (0.0, 0.0)
    for (bin, share) in zip(bins, cumulative) {
      sum += (share - below) * (Double(bin.lengths.lowerBound) + Double(bin.lengths.upperBound)) / 2
      below = share
    }
    return sum
  }

  /// Several histograms as one, each with a weight of its own.
  /// - Throws: `Faults` as the initialiser does.
  public static func mixture(
    _ parts: [(histogram: LengthHistogram, weight: Double)]
  ) throws(Faults) -> LengthHistogram {
    // Bins are cut wherever one of the parts begins or ends a bin, so that none overlap.
    var cuts: Set<Int> = []
    for part in parts {
      for bin in part.histogram.bins {
        cuts.insert(bin.lengths.lowerBound)
        cuts.insert(bin.lengths.upperBound + 1)
      }
    }
    let edges = cuts.sorted()
    var weights = [Double](repeating: 0, count: edges.count)
    for part in parts {
      var (below, edge) = (0.0, 0)
      for (bin, share) in zip(part.histogram.bins, part.histogram.cumulative) {
        let each = part.weight * (share - below) / Double(bin.lengths.count)
        below = share
        while edges[edge] < bin.lengths.lowerBound { edge += 1 }
        while edges[edge] <= bin.lengths.upperBound {
          weights[edge] += each * Double(edges[edge + 1] - edges[edge])
          edge += 1
        }
      }
    }
    return try LengthHistogram(
      zip(edges.indices.dropLast(), weights).map { index, weight in
        Bin(lengths: edges[index]...(edges[index + 1] - 1), weight: weight)
      })
  }

  /// A length of the histogram.
  func draw(_ stream: inout KeyedStream) -> Int {
    let share = stream.uniform()
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > share { high = middle } else { low = middle + 1 }
    }
    let lengths = bins[low].lengths
    return lengths.lowerBound + stream.below(lengths.count)
  }
}
