/// Repeat laws of one recorded stream, by popularity class, and its frequencies by rank.
struct RepeatFit {
  let frequencies: FrequencyCurve
  /// Laws of equally many entries each, most touched first.
  let laws: [RepeatLaw]
  let density: Double

  /// Gaps up to this length are kept as recorded, if the trace is four times as long.
  static let longestSpan = 64

  /// - Parameters:
  ///   - touches: calls its argument with each (entry, step), steps rising.
  ///   - classes: popularity classes; fewer where there are fewer entries.
  init(universe: Int, steps: Int, classes: Int, touches: ((Int, Int) -> Void) -> Void) {
    let span = max(1, min(RepeatFit.longestSpan, steps / 4))
    var counts = [Int](repeating: 0, count: universe)
    touches { entry, _ in counts[entry] += 1 }
    let order = (0..<universe).sorted { (counts[$1], $0) < (counts[$0], $1) }
    let classCount = max(1, min(classes, universe))
    var classOf = [Int](repeating: 0, count: universe)
    for (rank, entry) in order.enumerated() { classOf[entry] = rank * classCount / universe }
    var gaps = [Int](repeating: 0, count: classCount * (span + 1))
    var longer = [Int](repeating: 0, count: classCount)
    var last = [Int](repeating: -1, count: universe)
    // Only touches that have the whole span ahead of them count, so that the end of the trace does
    // not pass for long gaps.
    let judged = steps - span
    func settle(_ entry: Int, _ next: Int?) {
      let from = last[entry]
      guard from >= 0, from < judged else { return }
      if let next, next - from <= span {
        gaps[classOf[entry] * (span + 1) + next - from] += 1
      } else {
        longer[classOf[entry]] += 1
      }
    }
    touches { entry, step in
      guard last[entry] != step else { return }
      settle(entry, step)
      last[entry] = step
    }
    for entry in 0..<universe { settle(entry, nil) }
    frequencies = FrequencyCurve(
      byRank: order.map { Double(counts[$0]) / Double(max(1, steps)) })
    laws = (0..<classCount).map { index in
      RepeatLaw(
        gaps: Array(gaps[index * (span + 1)..<(index + 1) * (span + 1)]), longer: longer[index])
    }
    density =
      Double(counts.reduce(0, +)) / Double(max(1, steps)) / Double(max(1, universe))
  }

  func lawIndex(rank: Int, of count: Int) -> Int { rank * laws.count / count }
}
