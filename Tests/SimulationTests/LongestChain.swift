import Costs
import EventKernel
import Programs
import Quantities
import Simulation

/// A schedule worked out by hand where bandwidth is infinite: spans from arithmetic and fixed times
/// alone, ends from the plain recurrence of "after the one before it and all that it requires".
struct LongestChain {
  /// When the last operation ends, in picoseconds, if none ever lacks a core.
  var end: Int64 = 0
  /// All spans, one after another.
  var sum: Int64 = 0
  /// Operations whose span is not their arithmetic and fixed time.
  var misfits: [String] = []

  init(_ priced: PricedProgram) {
    let schedule = priced.schedule()
    let origins = priced.origins()
    for (index, activity) in schedule.activities.enumerated() {
      for count in Int(activity.smallestCount)...Int(activity.largestCount) {
        let found = schedule.spans[activity.spanBase + count - Int(activity.smallestCount)]
        let empty = count == 0 && priced.operation(at: origins[index]).skippedWhenEmpty
        let due = empty ? 0 : Self.due(priced.resolvedOperation(at: origins[index]), count)
        if abs(found - due) > 2 {
          misfits.append(
            "\(priced.operation(at: origins[index]).name) at \(count): \(found), due \(due)")
        }
      }
    }
    walk(schedule)
  }

  /// Set-up, launches and arithmetic; of storage, its latency and host time.
  private static func due(_ operation: PricedOperation, _ count: Int) -> Int64 {
    let n = Double(count)
    var seconds = operation.group + operation.launches(n) * operation.fixed
    if operation.flops(n) > 0 { seconds += operation.flops(n) / operation.achievedArithmetic }
    if let storage = operation.storage {
      let reads = operation.pieces(n)
      seconds = 0
      if reads > 0, let service = storage.tier.service {
        let depth = max(1, min(storage.queueDepth, reads))
        let alone = (service.latency.value.value + service.host.value.value) / depth
        let host = service.host.value.value
        seconds =
          service.group.value.value + reads * (alone * alone + host * host).squareRoot()
      } else if reads > 0 {
        seconds = storage.tier.latency?.value.value ?? 0
      }
    }
    return Int64((seconds * 1e12).rounded())
  }

  private mutating func walk(_ schedule: Schedule) {
    var queueEnd = [Int64](repeating: 0, count: schedule.queueCount)
    var ends: [[Int64]] = []
    for round in 0..<schedule.rounds {
      ends.append(Array(repeating: 0, count: schedule.activities.count))
      for (index, activity) in schedule.activities.enumerated() {
        var start: Int64 = 0
        for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
          let requirement = schedule.requirements[r]
          let earlier = round - Int(requirement.roundsBack)
          if earlier >= 0 { start = max(start, ends[earlier][Int(requirement.activity)]) }
        }
        let count =
          activity.countBase < 0
          ? 1 : Int(schedule.counts[activity.countBase + round * activity.countStride])
        if activity.skippedWhenZero && count == 0 {
          ends[round][index] = start
          continue
        }
        let span = schedule.spans[activity.spanBase + count - Int(activity.smallestCount)]
        let queue = Int(activity.queue)
        queueEnd[queue] = max(start, queueEnd[queue]) + span
        ends[round][index] = queueEnd[queue]
        sum += span
        end = max(end, queueEnd[queue])
      }
    }
  }
}
