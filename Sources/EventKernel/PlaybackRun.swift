/// The state of one playback: flat memory, one entry a queue or an activity; nothing is allocated
/// after `init`.
///
/// Read next: `PlaybackRun+Sharing` for rates.
struct PlaybackRun {
  let list: PlayedList
  let activities: UnsafeMutablePointer<PlayedActivity>
  let rounds: Int
  let roundEnd: Int
  let queueCount: Int
  let channelCount: Int

  let state: UnsafeMutablePointer<QueueState>
  /// When the running activity of each queue ends; `Int64.max` for one that is idle.
  let completion: UnsafeMutablePointer<Int64>
  let placesPerRound: Int64
  /// What is left of each channel, and what one queue takes of it, while a rate is worked out.
  let left: UnsafeMutablePointer<Double>
  let most: UnsafeMutablePointer<Double>

  var now: Int64 = 0
  /// Activities that were started and have not finished.
  var activeCount = 0
  /// Those of them that have demands.
  var sharing = 0
  /// Those of them that stand still, because nothing is left of what they need.
  var standing = 0
  var starts = 0
  var completions = 0
  var tallies: Tallies
  let recordLimit: Int

  init(
    schedule: Schedule, list: PlayedList, queues: [QueueOrder], recordLimit: Int
  ) {
    self.list = list
    self.recordLimit = recordLimit
    activities = list.activities
    rounds = schedule.rounds
    roundEnd = schedule.roundEnd
    queueCount = schedule.queueCount
    channelCount = schedule.channelCount
    state = .allocate(capacity: max(1, queueCount))
    completion = .allocate(capacity: max(1, queueCount))
    for q in 0..<queueCount {
      state.advanced(by: q).initialize(to: QueueState(queues[q]))
      completion[q] = .max
    }
    placesPerRound = list.placesPerRound
    left = .allocate(capacity: max(1, channelCount))
    most = .allocate(capacity: max(1, channelCount))
    tallies = Tallies(activities: list.count, rounds: rounds, recordLimit: recordLimit)
  }

  /// Gives the memory back and yields what was measured.
  func finish() -> PlaybackResult {
    var result = tallies.result(makespan: now, events: starts + completions)
    result.queueBusy = (0..<queueCount).map { state[$0].busy }
    for q in 0..<queueCount { state[q].order.deallocate() }
    state.deallocate()
    completion.deallocate()
    left.deallocate()
    most.deallocate()
    tallies.deallocate()
    return result
  }

  mutating func play() {
    for q in 0..<queueCount { settle(q) }
    while true {
      startWhatCan()
      guard activeCount > 0 else {
        precondition(exhausted, "a schedule whose requirements point forward cannot be played")
        return
      }
      var next = Int64.max
      for q in 0..<queueCount { next = min(next, completion[q]) }
      if activeCount - standing > 1 { tallies.overlapped += next - now }
      now = next
      for q in 0..<queueCount where completion[q] == next { complete(q) }
    }
  }

  var exhausted: Bool {
    for q in 0..<queueCount where state[q].head >= 0 { return false }
    return true
  }

  @inline(__always)
  private mutating func startWhatCan() {
    for q in 0..<queueCount where !state[q].active && state[q].head >= 0 {
      if isReady(q) { start(q) }
    }
    if sharing > 0 { rerate() }
  }

  /// Whether the head of the queue may start; requirements once met are not looked at again.
  @inline(__always)
  private func isReady(_ q: Int) -> Bool {
    let end = activities[state[q].head].requirementEnd
    while state[q].requirement < end {
      guard isMet(list.requirements[Int(state[q].requirement)], round: state[q].round) else {
        return false
      }
      state[q].requirement += 1
    }
    return true
  }

  /// A skipped activity counts as done when all that it required is done.
  private func isMet(_ requirement: Requirement, round: Int) -> Bool {
    let round = round - Int(requirement.roundsBack)
    guard round >= 0 else { return true }
    let activity = activities + Int(requirement.activity)
    if activity.pointee.skippedWhenZero && activity.pointee.count(in: round) == 0 {
      for r in activity.pointee.requirementStart..<activity.pointee.requirementEnd {
        guard isMet(list.requirements[Int(r)], round: round) else { return false }
      }
      return true
    }
    let queue = state + Int(activity.pointee.queue)
    return round < queue.pointee.round
      || (round == queue.pointee.round && Int(activity.pointee.rank) < queue.pointee.position)
  }

  /// Brings the next activity that is not skipped to the head of the queue.
  @inline(__always)
  private func settle(_ q: Int) {
    let queue = state + q
    queue.pointee.settle(activities, rounds: rounds)
    guard queue.pointee.head >= 0 else { return }
    let activity = activities + queue.pointee.head
    let count = queue.pointee.count
    queue.pointee.key = activity.pointee.place + Int64(queue.pointee.round) &* placesPerRound
    queue.pointee.demands = activity.pointee.demands.map { $0 + count &* channelCount }
  }

  @inline(__always)
  private mutating func start(_ q: Int) {
    let queue = state + q
    let activity = activities + queue.pointee.head
    let count = queue.pointee.count
    let span = activity.pointee.spans[count]
    let waited = now - queue.pointee.freeAt
    if waited > 0 { blame(waited, for: q) }
    queue.pointee.active = true
    queue.pointee.startedAt = now
    queue.pointee.span = span
    if queue.pointee.demands != nil {
      queue.pointee.stood = 0
      queue.pointee.remaining = Double(span)
      queue.pointee.rate = 1
      queue.pointee.ratedAt = now
      sharing += 1
    }
    completion[q] = now + span
    starts += 1
    activeCount += 1
  }

  /// The wait before a start is put down to the requirement that finished last.
  private func blame(_ waited: Int64, for q: Int) {
    let activity = activities + state[q].head
    for r in activity.pointee.requirementStart..<activity.pointee.requirementEnd {
      let other = Int(list.requirements[Int(r)].activity)
      let queue = state + Int(activities[other].queue)
      if queue.pointee.lastActivity == other && queue.pointee.freeAt == now {
        tallies.awaited[other] += waited
        return
      }
    }
  }

  @inline(__always)
  private mutating func complete(_ q: Int) {
    let queue = state + q
    let index = queue.pointee.head
    let took = now - queue.pointee.startedAt
    var ran = took
    if queue.pointee.demands != nil {
      sharing -= 1
      ran -= queue.pointee.stood
    }
    tallies.busy[index] += ran
    tallies.slowed[index] += took - queue.pointee.span
    if index == roundEnd { tallies.roundEnds[queue.pointee.round] = now }
    if tallies.intervals.count < recordLimit {
      tallies.intervals.append(
        .init(
          activity: Int32(index), round: Int32(queue.pointee.round),
          start: queue.pointee.startedAt, end: now))
    }
    completion[q] = .max
    queue.pointee.busy += ran
    queue.pointee.active = false
    queue.pointee.freeAt = now
    queue.pointee.lastActivity = index
    queue.pointee.advance()
    settle(q)
    activeCount -= 1
    completions += 1
  }
}
