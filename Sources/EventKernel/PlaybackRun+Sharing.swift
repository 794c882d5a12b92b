/// Channels: who gets how much of them.
///
/// An activity has what the unfinished activities issued before it leave. Those count with the whole
/// of their demands, running or not yet, so that how fast an activity runs depends on when they end
/// and on nothing else: an earlier end is never worse, for it or for whatever waits for it.
extension PlaybackRun {
  /// Gives the running activities their speeds anew.
  mutating func rerate() {
    for q in 0..<queueCount where state[q].active {
      guard let demands = state[q].demands else { continue }
      setRate(q, rate(q, demands))
    }
  }

  /// The share of its full speed that the running activity of the queue has now.
  @inline(__always)
  private func rate(_ q: Int, _ demands: UnsafePointer<Double>) -> Double {
    let key = state[q].key
    var alone = true
    for other in 0..<queueCount where state[other].head >= 0 && state[other].key < key {
      if alone {
        for c in 0..<channelCount { left[c] = 1 }
        alone = false
      }
      reserve(other, before: key)
    }
    if alone { return 1 }
    var rate = 1.0
    for c in 0..<channelCount where demands[c] > left[c] * (1 + 1e-9) {
      // What rounding leaves of a full channel is nothing.
      rate = min(rate, left[c] > 1e-9 ? left[c] / demands[c] : 0)
    }
    return rate
  }

  /// Takes from what is left the most that one unfinished activity of the queue demands, of those
  /// issued before `key`; they run one after another.
  @inline(__always)
  private func reserve(_ other: Int, before key: Int64) {
    let queue = state + other
    for c in 0..<channelCount { most[c] = queue.pointee.demands?[c] ?? 0 }
    var round = queue.pointee.round
    var position = queue.pointee.position
    while true {
      position += 1
      if position == queue.pointee.length {
        position = 0
        round += 1
        if round == rounds { break }
      }
      let activity = activities + Int(queue.pointee.order[position])
      guard activity.pointee.place + Int64(round) &* placesPerRound < key else { break }
      guard let demands = activity.pointee.demands else { continue }
      let count = activity.pointee.count(in: round)
      if count == 0 && activity.pointee.skippedWhenZero { continue }
      let own = demands + count &* channelCount
      for c in 0..<channelCount { most[c] = max(most[c], own[c]) }
    }
    for c in 0..<channelCount { left[c] -= most[c] }
  }

  @inline(__always)
  private mutating func setRate(_ q: Int, _ rate: Double) {
    let queue = state + q
    guard rate != queue.pointee.rate else { return }
    if queue.pointee.rate == 0 {
      queue.pointee.stood += now - queue.pointee.ratedAt
      standing -= 1
    }
    queue.pointee.remaining -= queue.pointee.rate * Double(now - queue.pointee.ratedAt)
    queue.pointee.ratedAt = now
    queue.pointee.rate = rate
    guard rate > 0 else {
      standing += 1
      completion[q] = .max
      return
    }
    // At such a rate it cannot end before something that slows it does: no schedule is that long.
    let rest = (max(0, queue.pointee.remaining) / rate).rounded(.up)
    completion[q] = rest < Self.longest ? now + Int64(rest) : .max
  }

  /// Picoseconds: 46 days.
  private static let longest = 4e18
}
