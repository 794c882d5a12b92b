/// What the playback loop needs of an activity, its tables as pointers into the schedule.
struct PlayedActivity {
  /// Its count in round 0; nil is the constant count 1.
  let counts: UnsafePointer<Int32>?
  let countStride: Int
  /// Picoseconds by count; valid from the smallest count on.
  let spans: UnsafePointer<Int64>
  /// Demands on all channels by count, or nil when it uses none.
  let demands: UnsafePointer<Double>?
  let queue: Int32
  /// Its place in the queue's order.
  let rank: Int32
  /// Its place in the order of issue in round 0.
  let place: Int64
  let requirementStart: Int32
  let requirementEnd: Int32
  let skippedWhenZero: Bool

  @inline(__always)
  func count(in round: Int) -> Int {
    guard let counts else { return 1 }
    return Int(counts[round &* countStride])
  }
}

/// The activities and requirements of a schedule as the loop reads them.
///
/// The pointers are borrowed from the schedule's arrays and live as long as the run does.
struct PlayedList {
  let activities: UnsafeMutablePointer<PlayedActivity>
  let requirements: UnsafeMutablePointer<Requirement>
  let count: Int
  let placesPerRound: Int64

  /// - Parameters:
  ///   - rank: each activity's place in its queue.
  ///   - order: the order of issue.
  init(
    _ schedule: Schedule, spans: UnsafeBufferPointer<Int64>, counts: UnsafeBufferPointer<Int32>,
    demands: UnsafeBufferPointer<Double>, rank: [Int], order: IssueOrder
  ) {
    count = schedule.activities.count
    placesPerRound = order.perRound
    activities = .allocate(capacity: max(1, count))
    requirements = .allocate(capacity: max(1, schedule.requirements.count))
    var kept = 0
    for (index, activity) in schedule.activities.enumerated() {
      let start = kept
      for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
        let requirement = schedule.requirements[r]
        let other = schedule.activities[Int(requirement.activity)]
        // An earlier activity of the same queue is done anyway, unless it may be skipped and so
        // stand for what it waits for itself.
        guard other.queue != activity.queue || other.skippedWhenZero else { continue }
        requirements[kept] = requirement
        kept += 1
      }
      activities.advanced(by: index).initialize(
        to: PlayedActivity(
          counts: activity.countBase < 0 ? nil : counts.baseAddress.map { $0 + activity.countBase },
          countStride: activity.countStride,
          spans: Self.table(spans) + (activity.spanBase - Int(activity.smallestCount)),
          demands: activity.demandBase < 0
            ? nil
            : demands.baseAddress.map {
              $0 + (activity.demandBase - Int(activity.smallestCount)) * schedule.channelCount
            },
          queue: activity.queue, rank: Int32(rank[index]), place: order.places[index],
          requirementStart: Int32(start), requirementEnd: Int32(kept),
          skippedWhenZero: activity.skippedWhenZero))
    }
  }

  /// - Precondition: an activity needs at least one span.
  private static func table(_ spans: UnsafeBufferPointer<Int64>) -> UnsafePointer<Int64> {
    guard let first = spans.baseAddress else { preconditionFailure("a schedule without spans") }
    return first
  }

  func deallocate() {
    activities.deallocate()
    requirements.deallocate()
  }
}
