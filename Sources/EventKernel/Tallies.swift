/// What a playback adds up as it goes: sums by activity and the end of each round.
struct Tallies {
  let activities: Int
  let rounds: Int
  let busy: UnsafeMutablePointer<Int64>
  let awaited: UnsafeMutablePointer<Int64>
  let slowed: UnsafeMutablePointer<Int64>
  let roundEnds: UnsafeMutablePointer<Int64>
  var overlapped: Int64 = 0
  var intervals: [PlaybackResult.Interval] = []

  init(activities: Int, rounds: Int, recordLimit: Int) {
    self.activities = activities
    self.rounds = rounds
    func zeros(_ count: Int) -> UnsafeMutablePointer<Int64> {
      let pointer = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, count))
      pointer.initialize(repeating: 0, count: max(1, count))
      return pointer
    }
    busy = zeros(activities)
    awaited = zeros(activities)
    slowed = zeros(activities)
    roundEnds = zeros(rounds)
    intervals.reserveCapacity(recordLimit)
  }

  func deallocate() {
    busy.deallocate()
    awaited.deallocate()
    slowed.deallocate()
    roundEnds.deallocate()
  }

  /// A result with everything but the queues' busy times.
  func result(makespan: Int64, events: Int) -> PlaybackResult {
    func array(_ pointer: UnsafeMutablePointer<Int64>, _ count: Int) -> [Int64] {
      Array(UnsafeBufferPointer(start: pointer, count: count))
    }
    return PlaybackResult(
      roundEnds: array(roundEnds, rounds), makespan: makespan, busy: array(busy, activities),
      awaited: array(awaited, activities), slowed: array(slowed, activities), queueBusy: [],
      overlapped: overlapped, events: events, intervals: intervals)
  }
}
