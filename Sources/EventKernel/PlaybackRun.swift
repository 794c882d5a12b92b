/// The state of one playback: flat arrays, one entry a queue or an activity; nothing is allocated
/// after `init`.
struct PlaybackRun {
  let activities: UnsafeBufferPointer<Activity>
  let spans: UnsafeBufferPointer<Int64>
  let counts: UnsafePointer<Int32>
  let requirements: UnsafeBufferPointer<Requirement>
  let demands: UnsafePointer<Float>?
  let rank: UnsafeBufferPointer<Int>
  let rounds: Int
  let roundEnd: Int
  let queueCount: Int
  let channelCount: Int
  /// Whether any two queues may slow each other.
  let shares: Bool

  let state: UnsafeMutablePointer<QueueState>
  let order: UnsafeMutablePointer<UnsafePointer<Int32>>
  private let orderStorage: [UnsafeMutablePointer<Int32>]
  let poolFree: UnsafeMutablePointer<Double>
  let poolCores: [Double]
  let rates: SharedRates
  let running: RunningSet

  var now: Int64 = 0
  var lastChange: Int64 = 0
  var activeCount = 0
  var starts = 0
  var result: PlaybackResult
  let recordLimit: Int

  init(
    schedule: Schedule, queues: [QueueOrder],
    activities: UnsafeBufferPointer<Activity>, spans: UnsafeBufferPointer<Int64>,
    counts: UnsafeBufferPointer<Int32>, requirements: UnsafeBufferPointer<Requirement>,
    demands: UnsafeBufferPointer<Float>, rank: UnsafeBufferPointer<Int>, recordLimit: Int
  ) {
    self.activities = activities
    self.spans = spans
    self.counts = counts.baseAddress ?? UnsafePointer(bitPattern: 4).unsafelyUnwrapped
    self.requirements = requirements
    self.demands = demands.baseAddress
    self.rank = rank
    self.recordLimit = recordLimit
    rounds = schedule.rounds
    roundEnd = schedule.roundEnd
    queueCount = schedule.queueCount
    channelCount = schedule.channelCount
    poolCores = schedule.poolCores
    shares = schedule.channelCount > 0 || !schedule.poolCores.isEmpty
    state = .allocate(capacity: queueCount)
    order = .allocate(capacity: queueCount)
    var storage: [UnsafeMutablePointer<Int32>] = []
    for q in 0..<queueCount {
      let list = queues[q].activities
      let pointer = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, list.count))
      pointer.initialize(from: list, count: list.count)
      storage.append(pointer)
      order[q] = UnsafePointer(pointer)
      state.advanced(by: q).initialize(to: QueueState(length: list.count))
    }
    orderStorage = storage
    poolFree = .allocate(capacity: max(1, poolCores.count))
    for (p, cores) in poolCores.enumerated() { poolFree[p] = cores }
    rates = SharedRates(queueCount: queueCount, channelCount: channelCount)
    running = RunningSet(queueCount: queueCount)
    let n = activities.count
    result = PlaybackResult(
      roundEnds: Array(repeating: 0, count: rounds), makespan: 0,
      busy: Array(repeating: 0, count: n), awaited: Array(repeating: 0, count: n),
      slowed: Array(repeating: 0, count: n), queueBusy: Array(repeating: 0, count: queueCount),
      overlapped: 0, events: 0, intervals: [])
    result.intervals.reserveCapacity(recordLimit)
  }

  mutating func finish() -> PlaybackResult {
    for q in 0..<queueCount { result.queueBusy[q] = state[q].busy }
    result.makespan = now
    state.deallocate()
    order.deallocate()
    orderStorage.forEach { $0.deallocate() }
    poolFree.deallocate()
    rates.deallocate()
    running.deallocate()
    return result
  }

  mutating func play() {
    while true {
      startWhatCan()
      guard activeCount > 0 else {
        precondition(exhausted, "a schedule whose requirements point forward cannot be played")
        return
      }
      var next = Int64.max
      for q in 0..<queueCount where state[q].active { next = min(next, state[q].completion) }
      if activeCount > 1 { result.overlapped += next - now }
      now = next
      for q in 0..<queueCount where state[q].active && state[q].completion == next {
        complete(q)
      }
      if shares && activeCount > 0 { rerate() }
    }
  }

  var exhausted: Bool {
    for q in 0..<queueCount where state[q].round < rounds && state[q].length > 0 { return false }
    return true
  }

  private mutating func startWhatCan() {
    var started = false
    var again: Bool
    repeat {
      again = false
      for q in 0..<queueCount where !state[q].active {
        passSkipped(q)
        guard state[q].round < rounds, state[q].length > 0 else { continue }
        let index = Int(order[q][state[q].position])
        guard isReady(index, round: state[q].round) else { continue }
        let waited = state[q].blockedSince >= 0
        guard start(q, index) else { continue }
        started = true
        // One that waited for cores may have held back another that was looked at before it.
        again = again || waited
      }
    } while again
    if started && shares { rerate() }
  }

  @inline(__always)
  private func passSkipped(_ q: Int) {
    while state[q].round < rounds && state[q].length > 0 {
      let activity = activities[Int(order[q][state[q].position])]
      guard activity.skippedWhenZero, activity.count(in: state[q].round, counts) == 0 else {
        return
      }
      state[q].advance()
    }
  }

  private func isReady(_ index: Int, round: Int) -> Bool {
    let activity = activities[index]
    var r = Int(activity.requirementStart)
    let end = Int(activity.requirementEnd)
    while r < end {
      let requirement = requirements[r]
      if !isDone(Int(requirement.activity), round: round - Int(requirement.roundsBack)) {
        return false
      }
      r += 1
    }
    return true
  }

  /// A skipped activity counts as done when all that it required is done.
  private func isDone(_ index: Int, round: Int) -> Bool {
    guard round >= 0 else { return true }
    let activity = activities[index]
    if activity.skippedWhenZero && activity.count(in: round, counts) == 0 {
      return isReady(index, round: round)
    }
    let queue = state[Int(activity.queue)]
    return round < queue.round || (round == queue.round && rank[index] < queue.position)
  }

  /// Starts the activity unless it needs cores and none is free.
  private mutating func start(_ q: Int, _ index: Int) -> Bool {
    let activity = activities[index]
    let count = activity.count(in: state[q].round, counts)
    if activity.pool >= 0 {
      let pool = Int(activity.pool)
      let wanted = min(
        poolCores[pool],
        max(1, Double(activity.coresBase) + Double(count) * Double(activity.coresEach)))
      guard poolFree[pool] >= 1, !othersWaitedLonger(q, pool) else {
        if state[q].blockedSince < 0 { state[q].blockedSince = now }
        return false
      }
      if state[q].blockedSince >= 0 {
        result.slowed[index] += now - state[q].blockedSince
        state[q].blockedSince = -1
      }
      let granted = min(wanted, poolFree[pool])
      poolFree[pool] -= granted
      state[q].wanted = wanted
      state[q].granted = granted
    }
    let span = spans[activity.spanBase + count]
    let waited = now - max(state[q].freeAt, 0)
    if waited > 0 { blame(waited, for: index, round: state[q].round) }
    state[q].demands =
      activity.demandBase < 0
      ? nil : demands.map { $0 + (activity.demandBase + count) * channelCount }
    state[q].active = true
    state[q].startOrder = starts
    state[q].startedAt = now
    state[q].span = span
    state[q].remaining = Double(span)
    state[q].rate = 1
    state[q].ratedAt = now
    state[q].completion = now + span
    starts += 1
    activeCount += 1
    result.events += 1
    return true
  }

  /// Cores are granted in the order in which activities became able to use them.
  private func othersWaitedLonger(_ q: Int, _ pool: Int) -> Bool {
    let since = state[q].blockedSince < 0 ? now : state[q].blockedSince
    for other in 0..<queueCount where other != q && state[other].blockedSince >= 0 {
      guard state[other].blockedSince < since else { continue }
      if Int(activities[Int(order[other][state[other].position])].pool) == pool { return true }
    }
    return false
  }

  /// The wait before a start is put down to the requirement that finished last.
  private mutating func blame(_ waited: Int64, for index: Int, round: Int) {
    let activity = activities[index]
    for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
      let other = Int(requirements[r].activity)
      let queue = state[Int(activities[other].queue)]
      if queue.lastActivity == other && queue.freeAt == now {
        result.awaited[other] += waited
        return
      }
    }
  }

  private mutating func complete(_ q: Int) {
    let round = state[q].round
    let index = Int(order[q][state[q].position])
    let pool = Int(activities[index].pool)
    if pool >= 0 { poolFree[pool] += state[q].granted }
    let ran = now - state[q].startedAt
    result.busy[index] += ran
    result.slowed[index] += ran - state[q].span
    if index == roundEnd { result.roundEnds[round] = now }
    if result.intervals.count < recordLimit {
      result.intervals.append(
        .init(
          activity: Int32(index), round: Int32(round), start: state[q].startedAt, end: now))
    }
    state[q].busy += ran
    state[q].active = false
    state[q].freeAt = now
    state[q].lastActivity = index
    state[q].advance()
    activeCount -= 1
    result.events += 1
  }

  /// Shares cores and channels anew among what is running.
  private mutating func rerate() {
    running.collect(state, queueCount)
    for i in 0..<running.count {
      let q = running.queues[i]
      let pool = Int(activities[Int(order[q][state[q].position])].pool)
      if pool >= 0, state[q].granted < state[q].wanted, poolFree[pool] > 0 {
        let more = min(state[q].wanted - state[q].granted, poolFree[pool])
        state[q].granted += more
        poolFree[pool] -= more
      }
      running.ceilings[i] = pool >= 0 ? state[q].granted / state[q].wanted : 1
      running.demands[i] = state[q].demands
    }
    rates.fill(
      count: running.count, ceilings: running.ceilings, demands: running.demands,
      rates: running.rates)
    for i in 0..<running.count {
      let q = running.queues[i]
      let rate = running.rates[i]
      guard rate != state[q].rate else { continue }
      state[q].remaining -= state[q].rate * Double(now - state[q].ratedAt)
      state[q].ratedAt = now
      state[q].rate = rate
      state[q].completion = now + Int64((max(0, state[q].remaining) / rate).rounded(.up))
    }
  }
}
