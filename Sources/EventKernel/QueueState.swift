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
  /// Time that the running activity stood still.
  var stood: Int64 = 0
  /// Demands of the activity at the head, and its place in the order of issue.
  var demands: UnsafePointer<Double>?
  var key: Int64 = 0
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
