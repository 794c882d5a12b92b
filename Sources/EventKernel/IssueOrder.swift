/// The order in which activities come before each other where they share channels.
///
/// The leading queue, that of the activity which ends a round, issues its activities in list order.
/// An activity of another queue is issued in the wake of the last activity of the leading queue that
/// it waits for, by itself or through others: before what the leading queue issues next, and within
/// the wake the sooner the fewer activities lie between, so that reads come before the copies that
/// wait for reads. One that waits for nothing is issued at its place in the list.
///
/// The order follows from the list alone, never from the clock, and an activity comes after all that
/// it waits for.
struct IssueOrder: Sendable {
  /// Place of each activity in round 0.
  private(set) var places: [Int64] = []
  /// What a later round adds to a place.
  private(set) var perRound: Int64 = 0

  /// - Complexity: O(activities + requirements) for each round that requirements reach back.
  init(_ schedule: Schedule) {
    let wakes = Self.wakes(schedule)
    // Within a wake by depth, within that by place in the list.
    let furthest = wakes.enumerated().reduce(0) { max($0, $1.offset - $1.element.stage) } + 1
    let deepest = wakes.reduce(0) { max($0, $1.depth) } + 1
    let width = furthest * deepest
    places = wakes.enumerated().map { index, wake in
      Int64(wake.stage * width + wake.depth * furthest + index - wake.stage)
    }
    perRound = Int64(wakes.count * width)
  }

  private struct Wake: Comparable {
    /// Place in the list of the leading activity in whose wake it is; rounds before count down.
    var stage: Int
    /// Requirements between the two.
    var depth: Int

    static func < (a: Wake, b: Wake) -> Bool { (a.stage, a.depth) < (b.stage, b.depth) }
  }

  /// The latest wake that what an activity waits for puts it into.
  private static func wakes(_ schedule: Schedule) -> [Wake] {
    let length = schedule.activities.count
    let leading = schedule.activities[schedule.roundEnd].queue
    var wakes = leastWakes(schedule, leading: leading)
    var last = [Wake](repeating: Wake(stage: .min / 2, depth: 0), count: schedule.queueCount)
    var changed = true
    while changed {
      changed = false
      for (index, activity) in schedule.activities.enumerated() {
        let queue = Int(activity.queue)
        var wake = max(wakes[index], last[queue])
        if activity.queue != leading {
          for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
            let requirement = schedule.requirements[r]
            var before = wakes[Int(requirement.activity)]
            before.stage -= Int(requirement.roundsBack) * length
            before.depth += 1
            wake = max(wake, before)
          }
        }
        changed = changed || wake != wakes[index]
        wakes[index] = wake
        last[queue] = wake
      }
      for queue in last.indices { last[queue].stage -= length }
    }
    return wakes
  }

  /// Its own place for an activity that leads or waits for nothing; for others a lower bound.
  private static func leastWakes(_ schedule: Schedule, leading: Int32) -> [Wake] {
    let furthest = schedule.requirements.reduce(0) { max($0, Int($1.roundsBack)) }
    let least = -(furthest + 1) * schedule.activities.count
    return schedule.activities.enumerated().map { index, activity in
      let waits = activity.requirementStart < activity.requirementEnd
      return Wake(stage: waits && activity.queue != leading ? least : index, depth: 0)
    }
  }
}
