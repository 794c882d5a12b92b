/// How unevenly touches fall on entries.
public struct Popularity: Sendable, Hashable {
  /// Touches by entry, most touched first.
  public let counts: [Int]
  public let touches: Int

  public init(counts: [Int]) {
    self.counts = counts.sorted(by: >)
    touches = counts.reduce(0, +)
  }

  /// Share of touches that the most touched `fraction` of entries (0…1) take.
  public func topShare(_ fraction: Double) -> Double {
    guard touches > 0 else { return 0 }
    let exact = max(0, min(1, fraction)) * Double(counts.count)
    let whole = Int(exact)
    let head = counts.prefix(whole).reduce(0, +)
    let rest = whole < counts.count ? Double(counts[whole]) * (exact - Double(whole)) : 0
    return (Double(head) + rest) / Double(touches)
  }

  /// Gini coefficient of touches over entries: 0 when all are touched alike, towards 1 when few
  /// take all.
  public var gini: Double {
    guard touches > 0 else { return 0 }
    let n = Double(counts.count)
    let weighted = counts.enumerated().reduce(0.0) {
      $0 + (n - Double($1.offset)) * Double($1.element)
    }
    return (n + 1 - 2 * (n + 1 - weighted / Double(touches))) / n
  }
}
