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
/// Where operations share bandwidth the longest chain is a lower bound, and the same chain with every
/// operation slowed to the least share it can get is an upper bound. Where they can lack cores, an
/// operation may wait for a whole other one; then the bound is the sum of all spans, because at
/// every moment the shares of what runs add up to at least one operation at full speed.
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
    guard schedule.channelCount > 0 || !schedule.poolCores.isEmpty else { return lower }
    let most = MostDemand(priced.schedule)
    let serial = spans.reduce(0) { $0 + $1.span } * Double(priced.schedule.rounds)
    if most.coresCanLack { return serial }
    return priced.schedule.channelCount > 0 ? min(serial, chain(slowed(spans, most)).total) : lower
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

  /// Every activity at the least share it can get when all other streams ask for their most.
  private func slowed(_ spans: [MeanSpan], _ most: MostDemand) -> [MeanSpan] {
    let schedule = priced.schedule
    return spans.enumerated().map { index, mean in
      var slowed = mean
      slowed.span *= most.stretch(schedule.activities[index])
      return slowed
    }
  }
}

/// The most that each queue can ask of each shared channel and pool.
struct MostDemand {
  private let channel: [[Double]]
  private let cores: [[Double]]
  private let poolCores: [Double]

  init(_ schedule: Schedule) {
    poolCores = schedule.poolCores
    var channel = Array(
      repeating: Array(repeating: 0.0, count: schedule.queueCount), count: schedule.channelCount)
    var cores = Array(
      repeating: Array(repeating: 0.0, count: schedule.queueCount),
      count: schedule.poolCores.count)
    for activity in schedule.activities {
      let queue = Int(activity.queue)
      if activity.pool >= 0 {
        let pool = Int(activity.pool)
        let wants = Double(activity.coresBase + Float(activity.largestCount) * activity.coresEach)
        cores[pool][queue] = max(cores[pool][queue], min(schedule.poolCores[pool], wants))
      }
      guard activity.demandBase >= 0 else { continue }
      for count in 0...Int(activity.largestCount - activity.smallestCount) {
        for c in 0..<schedule.channelCount {
          let at = (activity.demandBase + count) * schedule.channelCount + c
          channel[c][queue] = max(channel[c][queue], Double(schedule.demands[at]))
        }
      }
    }
    self.channel = channel
    self.cores = cores
  }

  /// Whether the queues of some pool can together want more cores than it has.
  var coresCanLack: Bool {
    zip(cores, poolCores).contains { wanted, all in wanted.reduce(0, +) > all }
  }

  /// How much longer an activity can take, at most: max-min fairness leaves it at least the inverse
  /// of the sum of all demands on its worst channel.
  func stretch(_ activity: Activity) -> Double {
    guard activity.demandBase >= 0 else { return 1 }
    return channel.reduce(1) { max($0, $1.reduce(0, +)) }
  }
}
