/// Plays a schedule event by event on a virtual clock of whole picoseconds.
///
/// Rules, each stated once and tested:
/// - A queue serves its activities in list order, one at a time.
/// - An activity starts when its queue is free, its requirements have finished and, if it needs a
///   pool, at least one core is free. Queues are looked at in the order of their numbers.
/// - Cores are granted in the order in which activities became able to use them. An activity takes what it wants or what is free; with fewer it runs in proportion, and
///   cores that are given back go to the activities that lack some, the earliest started first.
/// - Channels: activities that use a channel at once share it max-min fair, re-rated only when an
///   activity starts or finishes.
///
/// Read next: `SharedRates` for the sharing, `PlaybackResult` for what comes out.
public struct Playback: Sendable {
  let schedule: Schedule
  let queues: [QueueOrder]
  let rank: [Int]

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
    queues = lists.map(QueueOrder.init)
  }

  /// Runs all rounds. `recordLimit` bounds how many activity intervals are kept for a timeline.
  public func run(recordLimit: Int = 0) -> PlaybackResult {
    schedule.spans.withUnsafeBufferPointer { spans in
      schedule.counts.withUnsafeBufferPointer { counts in
        schedule.demands.withUnsafeBufferPointer { demands in
          let list = PlayedList(
            schedule, spans: spans, counts: counts, demands: demands, rank: rank)
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
