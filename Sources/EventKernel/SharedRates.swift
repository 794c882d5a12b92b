/// How running activities share cores and channels at one moment.
///
/// Rates are shares of the speed an activity would have alone. Cores go in order of start; what is
/// left over of each channel is filled up max-min fair: all rates rise together until a channel is
/// full, whose users stay there while the others go on.
struct SharedRates {
  let channelCount: Int
  private let level: UnsafeMutablePointer<Double>
  private let frozen: UnsafeMutablePointer<Bool>
  private let left: UnsafeMutablePointer<Double>

  init(queueCount: Int, channelCount: Int) {
    self.channelCount = channelCount
    level = .allocate(capacity: max(1, queueCount))
    frozen = .allocate(capacity: max(1, queueCount))
    left = .allocate(capacity: max(1, channelCount))
  }

  func deallocate() {
    level.deallocate()
    frozen.deallocate()
    left.deallocate()
  }

  /// Sets `rates[i]` for the running activities `0..<count`, given the ceiling that cores leave
  /// each and its demands (a pointer to `channelCount` shares, or nil).
  func fill(
    count: Int, ceilings: UnsafePointer<Double>, demands: UnsafePointer<UnsafePointer<Float>?>,
    rates: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<count {
      frozen[i] = demands[i] == nil
      level[i] = 0
      rates[i] = ceilings[i]
    }
    for c in 0..<channelCount { left[c] = 1 }
    guard exceeds(count, demands, rates) else { return }
    while true {
      var next = Double.infinity
      for c in 0..<channelCount {
        var wanted = 0.0
        for i in 0..<count where !frozen[i] { wanted += Double(demand(demands[i], c)) }
        if wanted > 0 { next = min(next, left[c] / wanted) }
      }
      for i in 0..<count where !frozen[i] { next = min(next, ceilings[i]) }
      guard next < .infinity else { return }
      for i in 0..<count where !frozen[i] { rates[i] = next }
      var full = false
      for c in 0..<channelCount {
        var wanted = 0.0
        for i in 0..<count where !frozen[i] { wanted += Double(demand(demands[i], c)) }
        guard wanted > 0, left[c] / wanted <= next * (1 + 1e-12) else { continue }
        for i in 0..<count where !frozen[i] && demand(demands[i], c) > 0 { level[i] = -1 }
        full = true
      }
      for i in 0..<count where !frozen[i] {
        if level[i] < 0 || ceilings[i] <= next { freeze(i, demands[i], rates[i]) }
        level[i] = 0
      }
      if !full && (0..<count).allSatisfy({ frozen[$0] }) { return }
    }
  }

  private func freeze(_ i: Int, _ demands: UnsafePointer<Float>?, _ rate: Double) {
    frozen[i] = true
    for c in 0..<channelCount { left[c] = max(0, left[c] - rate * Double(demand(demands, c))) }
  }

  private func exceeds(
    _ count: Int, _ demands: UnsafePointer<UnsafePointer<Float>?>,
    _ rates: UnsafeMutablePointer<Double>
  ) -> Bool {
    for c in 0..<channelCount {
      var sum = 0.0
      for i in 0..<count { sum += rates[i] * Double(demand(demands[i], c)) }
      if sum > 1 + 1e-9 { return true }
    }
    return false
  }

  @inline(__always)
  private func demand(_ demands: UnsafePointer<Float>?, _ c: Int) -> Float { demands?[c] ?? 0 }
}
