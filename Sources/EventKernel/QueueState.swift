/// Where one queue stands.
struct QueueState {
  /// Activities of the queue in one round.
  let length: Int
  /// The next or running activity: its round and its place in the queue's order.
  var round = 0
  var position = 0
  var active = false
  var startedAt: Int64 = 0
  var completion: Int64 = 0
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

  init(length: Int) { self.length = length }

  @inline(__always)
  mutating func advance() {
    position += 1
    if position == length {
      position = 0
      round += 1
    }
  }
}

/// The queues that are running, in the order in which their activities started.
final class RunningSet {
  let queues: UnsafeMutablePointer<Int>
  let ceilings: UnsafeMutablePointer<Double>
  let rates: UnsafeMutablePointer<Double>
  let demands: UnsafeMutablePointer<UnsafePointer<Float>?>
  var count = 0

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

  func collect(_ state: UnsafeMutablePointer<QueueState>, _ queueCount: Int) {
    count = 0
    for q in 0..<queueCount where state[q].active {
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
