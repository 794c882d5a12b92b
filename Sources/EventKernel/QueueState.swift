/// Where one queue stands.
struct QueueState {
  /// Activities of the queue in one round, in list order.
  let order: UnsafeMutablePointer<Int32>
  let length: Int
  /// The round and the place in the order of the activity at the head, which is the next or the
  /// running one; never one that is skipped.
  var round = 0
  var position = 0
  /// Index of the activity at the head; -1 when the queue is through.
  var head = -1
  /// Count of the activity at the head in its round.
  var count = 0
  /// The first requirement of the head that was not yet seen to be met.
  var requirement: Int32 = 0
  var active = false
  var startedAt: Int64 = 0
  var freeAt: Int64 = 0
  var lastActivity = -1
  var span: Int64 = 0
  /// Work left, in picoseconds at full speed, when it was last re-rated.
  var remaining = 0.0
  var rate = 1.0
  var ratedAt: Int64 = 0
  var wanted = 0.0
  var granted = 0.0
  var demands: UnsafePointer<Float>?
  /// Since when the next activity could run but for want of a core; -1 when it is not so.
  var blockedSince: Int64 = -1
  /// Number of activities started before it, over all queues.
  var startOrder = 0
  var busy: Int64 = 0

  init(_ queue: QueueOrder) {
    length = queue.activities.count
    order = .allocate(capacity: max(1, length))
    order.initialize(from: queue.activities, count: length)
  }

  @inline(__always)
  mutating func advance() {
    position += 1
    if position == length {
      position = 0
      round += 1
    }
  }

  /// Brings the next activity that is not skipped to the head.
  @inline(__always)
  mutating func settle(_ activities: UnsafePointer<PlayedActivity>, rounds: Int) {
    while round < rounds && length > 0 {
      let index = Int(order[position])
      let next = activities + index
      count = next.pointee.count(in: round)
      if count != 0 || !next.pointee.skippedWhenZero {
        head = index
        requirement = next.pointee.requirementStart
        return
      }
      advance()
    }
    head = -1
  }
}

/// The queues whose running activities can slow each other, in the order in which those started.
struct RunningSet {
  let queues: UnsafeMutablePointer<Int>
  let ceilings: UnsafeMutablePointer<Double>
  let rates: UnsafeMutablePointer<Double>
  let demands: UnsafeMutablePointer<UnsafePointer<Float>?>
  private(set) var count = 0

  init(queueCount: Int) {
    let capacity = max(1, queueCount)
    queues = .allocate(capacity: capacity)
    ceilings = .allocate(capacity: capacity)
    rates = .allocate(capacity: capacity)
    demands = .allocate(capacity: capacity)
  }

  func deallocate() {
    queues.deallocate()
    ceilings.deallocate()
    rates.deallocate()
    demands.deallocate()
  }

  mutating func collect(
    _ state: UnsafePointer<QueueState>, _ activities: UnsafePointer<PlayedActivity>,
    queueCount: Int
  ) {
    count = 0
    for q in 0..<queueCount where state[q].active && activities[state[q].head].shares {
      var i = count
      while i > 0 && state[queues[i - 1]].startOrder > state[q].startOrder {
        queues[i] = queues[i - 1]
        i -= 1
      }
      queues[i] = q
      count += 1
    }
  }
}
