/// Plays a schedule event by event on a virtual clock of whole picoseconds.
///
/// Rules, each stated once and tested:
/// - A queue serves its activities in list order, one at a time.
/// - An activity starts when its queue is free and its requirements have finished.
/// - Channels are given out in the order of issue (`IssueOrder`): an activity has what the unfinished
///   activities issued before it leave, and with less than it demands it runs in proportion. Speeds
///   change only when an activity starts or finishes.
///
/// Nothing here depends on which of two activities happens to be ready first. So by induction over
/// the order of issue, each activity ends no later when spans shrink or demands do not grow.
///
/// Read next: `PlaybackRun+Sharing` for the sharing, `PlaybackResult` for what comes out.
public struct Playback: Sendable {
  let schedule: Schedule
  let queues: [QueueOrder]
  let rank: [Int]
  let order: IssueOrder

  /// - Precondition: requirements name an earlier activity of the list or an earlier round, and
  ///   the activity that ends a round is never skipped.
  public init(_ schedule: Schedule) {
    self.schedule = schedule
    var lists = [[Int32]](repeating: [], count: schedule.queueCount)
    var rank: [Int] = []
    for (index, activity) in schedule.activities.enumerated() {
      rank.append(lists[Int(activity.queue)].count)
      lists[Int(activity.queue)].append(Int32(index))
      for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
        let requirement = schedule.requirements[r]
        precondition(requirement.roundsBack > 0 || Int(requirement.activity) < index)
      }
    }
    precondition(!schedule.activities[schedule.roundEnd].skippedWhenZero)
    self.rank = rank
    order = IssueOrder(schedule)
    queues = lists.map(QueueOrder.init)
  }

  /// Runs all rounds. `recordLimit` bounds how many activity intervals are kept for a timeline.
  public func run(recordLimit: Int = 0) -> PlaybackResult {
    schedule.spans.withUnsafeBufferPointer { spans in
      schedule.counts.withUnsafeBufferPointer { counts in
        schedule.demands.withUnsafeBufferPointer { demands in
          let list = PlayedList(
            schedule, spans: spans, counts: counts, demands: demands, rank: rank, order: order)
          defer { list.deallocate() }
          var run = PlaybackRun(
            schedule: schedule, list: list, queues: queues, recordLimit: recordLimit)
          run.play()
          return run.finish()
        }
      }
    }
  }
}

/// The activities of one queue, in list order.
struct QueueOrder: Sendable {
  var activities: [Int32]
  init(_ activities: [Int32]) { self.activities = activities }
}
