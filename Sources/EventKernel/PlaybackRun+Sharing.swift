/// Cores and channels: who gets how much of them.
extension PlaybackRun {
  /// Takes cores for the head of the queue; false when it has to wait for one.
  ///
  /// Cores are granted in the order in which activities became able to use them.
  func grantCores(_ q: Int) -> Bool {
    let queue = state + q
    let index = queue.pointee.head
    let activity = activities[index]
    let pool = Int(activity.pool)
    let each = Double(activity.coresEach) * Double(queue.pointee.count)
    let wanted = min(poolCores[pool], max(1, Double(activity.coresBase) + each))
    guard poolFree[pool] >= 1, !othersWaitedLonger(q, pool) else {
      if queue.pointee.blockedSince < 0 { queue.pointee.blockedSince = now }
      return false
    }
    if queue.pointee.blockedSince >= 0 {
      tallies.slowed[index] += now - queue.pointee.blockedSince
      queue.pointee.blockedSince = -1
    }
    let granted = min(wanted, poolFree[pool])
    poolFree[pool] -= granted
    queue.pointee.wanted = wanted
    queue.pointee.granted = granted
    return true
  }

  private func othersWaitedLonger(_ q: Int, _ pool: Int) -> Bool {
    let since = state[q].blockedSince < 0 ? now : state[q].blockedSince
    for other in 0..<queueCount where other != q && state[other].blockedSince >= 0 {
      guard state[other].blockedSince < since else { continue }
      if Int(activities[state[other].head].pool) == pool { return true }
    }
    return false
  }

  /// Shares cores and channels anew among what is running; what can neither slow nor be slowed
  /// keeps its full speed.
  mutating func rerate() {
    running.collect(state, activities, queueCount: queueCount)
    for i in 0..<running.count {
      let queue = state + running.queues[i]
      let pool = Int(activities[queue.pointee.head].pool)
      running.demands[i] = queue.pointee.demands
      guard pool >= 0 else {
        running.ceilings[i] = 1
        continue
      }
      if queue.pointee.granted < queue.pointee.wanted, poolFree[pool] > 0 {
        let more = min(queue.pointee.wanted - queue.pointee.granted, poolFree[pool])
        queue.pointee.granted += more
        poolFree[pool] -= more
      }
      running.ceilings[i] = queue.pointee.granted / queue.pointee.wanted
    }
    if running.count == 1 {
      // No activity asks for more than all of a channel, so one by itself only lacks cores.
      setRate(running.queues[0], running.ceilings[0])
      return
    }
    rates.fill(
      count: running.count, ceilings: running.ceilings, demands: running.demands,
      rates: running.rates)
    for i in 0..<running.count { setRate(running.queues[i], running.rates[i]) }
  }

  @inline(__always)
  private func setRate(_ q: Int, _ rate: Double) {
    let queue = state + q
    guard rate != queue.pointee.rate else { return }
    queue.pointee.remaining -= queue.pointee.rate * Double(now - queue.pointee.ratedAt)
    queue.pointee.ratedAt = now
    queue.pointee.rate = rate
    completion[q] = now + Int64((max(0, queue.pointee.remaining) / rate).rounded(.up))
  }
}
