import Quantities

/// How often rows of a table are asked for: that of rank r as r to the power of minus `exponent`.
///
/// Sums over ranks are integrals from 1/2 to the last rank and 1/2, by Simpson's rule on the logarithm of
/// the rank; the first ranks, where the law is steep, are summed one by one.
public struct RowPopularity: Sendable {
  let rows: Double
  let exponent: Double
  private let total: Double

  /// - Precondition: `rows` is at least 1 and `exponent` is not negative.
  public init(rows: Double, exponent: Double) {
    precondition(rows >= 1 && exponent >= 0)
    self.rows = rows
    self.exponent = exponent
    total = Self.sum(through: rows) { Elementary.power($0, -exponent) }
  }

  /// Different rows that so many draws meet in the mean: each row but for the chance that none draws
  /// it.
  ///
  /// - Parameter hot: the most popular share of the rows, which do not count.
  public func distinct(of draws: Double, beyond hot: Double = 0) -> Double {
    guard draws > 0, hot < 1 else { return 0 }
    let few = (hot * rows).rounded(.down)
    let met = met(draws, through: rows) - (few >= 1 ? met(draws, through: few) : 0)
    return max(0, min(draws, rows - few, met))
  }

  /// Different rows that are met of those up to a rank.
  private func met(_ draws: Double, through last: Double) -> Double {
    Self.sum(through: last) { rank in
      let chance = min(1, Elementary.power(rank, -exponent) / total)
      guard chance < 1 else { return 1 }
      return 1 - Elementary.exponential(draws * Elementary.logarithmOfOnePlus(-chance))
    }
  }

  /// Share of the draws that are of the most popular `share` of the rows.
  public func drawn(ofMostPopular share: Double) -> Double {
    guard share > 0 else { return 0 }
    let few = min(rows, max(1, (share * rows).rounded(.down)))
    return min(1, Self.sum(through: few) { Elementary.power($0, -exponent) } / total)
  }

  /// Ranks that are summed one by one.
  private static let single = 256.0
  /// Steps of the rule, an even number.
  private static let intervals = 256

  private static func sum(through last: Double, _ term: (Double) -> Double) -> Double {
    let whole = last.rounded(.down)
    var sum = 0.0
    var rank = 1.0
    while rank <= min(whole, single) {
      sum += term(rank)
      rank += 1
    }
    guard whole > single else { return sum }
    let low = Elementary.logarithm(single + 0.5)
    let step = (Elementary.logarithm(whole + 0.5) - low) / Double(intervals)
    var integral = 0.0
    for place in 0...intervals {
      let x = Elementary.exponential(low + Double(place) * step)
      let weight =
        place == 0 || place == intervals ? 1.0 : place.isMultiple(of: 2) ? 2.0 : 4.0
      integral += weight * term(x) * x
    }
    return sum + integral * step / 3
  }
}
