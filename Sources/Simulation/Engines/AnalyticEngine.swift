import EventKernel
import Programs
import Quantities

/// The closed form: the longest chain of dependencies through one step, at mean sizes.
///
/// A step's end is the largest sum of spans along any path of "must follow" edges: an operation
/// follows the one before it on its stream and the operations that it names. Chains that cross from
/// one step into the next make later steps shorter or longer than the first; the steps are chained
/// until the difference of their ends repeats, which is the time of a step in the long run.
///
/// Where operations share bandwidth or cores the longest chain is a lower bound. Upper bounds are the
/// same chain with every operation slowed to the least share it can get, and the sum of all spans,
/// because the first operation in the order of issue that has not finished runs at full speed.
public struct AnalyticEngine: Sendable {
  public struct Result: Sendable {
    /// Time of one step in the long run, nothing shared.
    public var step: Seconds
    /// Time of all steps, nothing shared: a lower bound where something is.
    public var total: Seconds
    /// Time of all steps, every shared operation at its least share.
    public var upper: Seconds
    /// Busy time of each activity of a step.
    public var busy: [Seconds]
  }

  let priced: PricedProgram

  public init(_ priced: PricedProgram) { self.priced = priced }

  /// - Complexity: O(operations of a step) for each chained step, at most `chainLimit` of them.
  public func run() -> Result {
    let spans = meanSpans()
    let lower = chain(spans)
    let upper = upperTotal(spans, lower: lower.total)
    return Result(
      step: Seconds(lower.step * 1e-12), total: Seconds(lower.total * 1e-12),
      upper: Seconds(upper * 1e-12), busy: spans.map { Seconds($0.span * 1e-12) })
  }

  static let chainLimit = 64

  struct MeanSpan {
    var span: Double
    /// Never issued in any step.
    var absent: Bool
  }

  /// Each activity's span at the mean count of its layer, between whole counts linearly.
  func meanSpans() -> [MeanSpan] {
    let schedule = priced.schedule
    return schedule.spans.withUnsafeBufferPointer { spans in
      schedule.counts.withUnsafeBufferPointer { counts in
        schedule.activities.map { meanSpan($0, rounds: schedule.rounds, spans, counts) }
      }
    }
  }

  private func meanSpan(
    _ activity: Activity, rounds: Int, _ spans: UnsafeBufferPointer<Int64>,
    _ counts: UnsafeBufferPointer<Int32>
  ) -> MeanSpan {
    let table = activity.spanBase - Int(activity.smallestCount)
    guard activity.countBase >= 0 else {
      return MeanSpan(span: Double(spans[table + 1]), absent: false)
    }
    var sum: Int64 = 0
    for round in 0..<rounds {
      sum += Int64(counts[activity.countBase + round * activity.countStride])
    }
    let mean = Double(sum) / Double(rounds)
    let below = Int(mean)
    let low = Double(spans[table + below])
    let high = below < Int(activity.largestCount) ? Double(spans[table + below + 1]) : low
    return MeanSpan(
      span: low + (mean - Double(below)) * (high - low),
      absent: activity.skippedWhenZero && sum == 0)
  }

  private func upperTotal(_ spans: [MeanSpan], lower: Double) -> Double {
    let schedule = priced.schedule
    guard schedule.channelCount > 0 else { return lower }
    let serial = spans.reduce(0) { $0 + $1.span } * Double(schedule.rounds)
    let most = MostDemand(schedule)
    let slowed = zip(spans, schedule.activities).map { mean, activity in
      var slowed = mean
      if mean.span > 0 { slowed.span *= most.stretch(activity) }
      return slowed
    }
    guard slowed.allSatisfy({ $0.span.isFinite }) else { return serial }
    return min(serial, chain(slowed).total)
  }

  /// Ends of chained steps, in picoseconds.
  private func chain(_ spans: [MeanSpan]) -> (step: Double, total: Double) {
    let schedule = priced.schedule
    let count = schedule.activities.count
    let rounds = min(schedule.rounds, Self.chainLimit)
    let depth = 1 + Int(schedule.requirements.map(\.roundsBack).max() ?? 0)
    var finish = [Double](repeating: 0, count: count * (depth + 1))
    var queueFree = [Double](repeating: 0, count: schedule.queueCount)
    var ends: [Double] = []
    for round in 0..<rounds {
      let here = (round % (depth + 1)) * count
      for index in schedule.activities.indices {
        let activity = schedule.activities[index]
        var start = 0.0
        for r in Int(activity.requirementStart)..<Int(activity.requirementEnd) {
          let requirement = schedule.requirements[r]
          let back = round - Int(requirement.roundsBack)
          guard back >= 0 else { continue }
          start = max(
            start, finish[(back % (depth + 1)) * count + Int(requirement.activity)])
        }
        if spans[index].absent {
          finish[here + index] = start
          continue
        }
        start = max(start, queueFree[Int(activity.queue)])
        finish[here + index] = start + spans[index].span
        queueFree[Int(activity.queue)] = finish[here + index]
      }
      ends.append(finish[here + schedule.roundEnd])
    }
    let last = queueFree.max() ?? 0
    let half = rounds / 2
    let step =
      rounds > 1
      ? (ends[rounds - 1] - ends[max(0, half - 1)]) / Double(rounds - max(1, half)) : ends[0]
    return (step, last + step * Double(schedule.rounds - rounds))
  }
}

/// The most that each queue can ask of each channel.
struct MostDemand {
  /// By channel, then queue.
  private let most: [[Double]]
  private let schedule: Schedule

  init(_ schedule: Schedule) {
    self.schedule = schedule
    var most = Array(
      repeating: Array(repeating: 0.0, count: schedule.queueCount), count: schedule.channelCount)
    for activity in schedule.activities {
      let queue = Int(activity.queue)
      let own = Self.most(of: activity, schedule)
      for c in own.indices { most[c][queue] = max(most[c][queue], own[c]) }
    }
    self.most = most
  }

  /// The most that one activity asks of each channel at any of its counts.
  private static func most(of activity: Activity, _ schedule: Schedule) -> [Double] {
    var most = [Double](repeating: 0, count: schedule.channelCount)
    guard activity.demandBase >= 0 else { return most }
    for count in 0...Int(activity.largestCount - activity.smallestCount) {
      for c in most.indices {
        let at = (activity.demandBase + count) * schedule.channelCount + c
        most[c] = max(most[c], schedule.demands[at])
      }
    }
    return most
  }

  /// How much longer an activity can take, at most: when all other queues ask for their most and
  /// come before it. Infinite where they can leave it nothing.
  func stretch(_ activity: Activity) -> Double {
    var stretch = 1.0
    for (c, own) in Self.most(of: activity, schedule).enumerated() where own > 0 {
      var left = 1.0
      for (queue, most) in most[c].enumerated() where queue != Int(activity.queue) { left -= most }
      stretch = left > 1e-12 ? max(stretch, own / left) : .infinity
    }
    return stretch
  }
}
