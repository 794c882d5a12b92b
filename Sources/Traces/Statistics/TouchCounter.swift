/// Gathers the statistics of one stream in one pass over its steps.
struct TouchCounter {
  let windows: Int
  private let warmup: Int
  private var lastStep: [Int32]
  private var counts: [Int]
  private var gaps: [Int]
  private var late = 0
  private let stack: StackDistance?
  private var curve: MissRatioCurve
  private var steps = 0

  /// - Parameter windows: the largest window; steps before it only fill the window.
  /// - Parameter curve: whether to find stack distances too.
  init(universe: Int, steps: Int, windows: Int, curve isWanted: Bool = true) {
    self.windows = min(windows, max(0, steps - 1))
    warmup = self.windows
    lastStep = [Int32](repeating: .min, count: universe)
    counts = [Int](repeating: 0, count: universe)
    gaps = [Int](repeating: 0, count: self.windows + 2)
    stack = isWanted ? StackDistance(universe: universe) : nil
    curve = MissRatioCurve(universe: universe)
  }

  /// One touch of `entry` at `step`; steps come in rising order. A second touch of the same entry in
  /// one step counts as no new entry.
  mutating func touch(_ entry: Int, step: Int) {
    if let stack { curve.add(distance: stack.touch(entry)) }
    counts[entry] &+= 1
    let last = lastStep[entry]
    lastStep[entry] = Int32(truncatingIfNeeded: step)
    guard step >= warmup, last != Int32(truncatingIfNeeded: step) else { return }
    late &+= 1
    let gap = last == .min ? windows + 1 : min(step &- Int(last), windows + 1)
    gaps[gap] &+= 1
  }

  mutating func finish(layerNumber: Int, streams: Int, steps: Int) -> StreamStatistics {
    curve.finish()
    let measured = Double(max(1, steps - warmup))
    var newEntries: [Double] = []
    var remaining = late
    for window in 0...windows {
      remaining -= gaps[window]
      newEntries.append(Double(remaining) / measured)
    }
    let touches = counts.reduce(0, +)
    return StreamStatistics(
      layerNumber: layerNumber, streams: streams, steps: steps, universe: counts.count,
      touchesPerStep: Double(touches) / Double(max(1, steps)), newEntries: newEntries,
      popularity: Popularity(counts: counts), missRatio: curve)
  }
}
