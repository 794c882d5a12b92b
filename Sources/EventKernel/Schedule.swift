/// What the event kernel plays: a list of activities that repeats, a queue for each server, and
/// spans that depend on counts. It knows nothing of models or devices.
///
/// An activity belongs to one queue; queues serve in list order. The list is played `rounds`
/// times. In round r an activity with column c and entry e reads `counts[c.base + r × c.stride + e]`
/// and takes `spans[spanBase + count - smallestCount]` picoseconds when nothing competes.
public struct Schedule: Sendable {
  public var activities: [Activity]
  public var queueCount: Int
  public var rounds: Int
  /// Picoseconds by count, all activities' tables one after another.
  public var spans: [Int64]
  /// Counts of all columns, each column row-major by round.
  public var counts: [Int32]
  /// Requirements of all activities, one after another.
  public var requirements: [Requirement]
  /// Number of shared channels; capacities are 1 and demands are shares of it.
  public var channelCount: Int
  /// Demand on each channel by count, at most 1:
  /// `demands[(demandBase + count - smallestCount) × channelCount + channel]`.
  public var demands: [Double]
  /// Index of the activity whose completion ends a round.
  public var roundEnd: Int

  public init(
    activities: [Activity], queueCount: Int, rounds: Int, spans: [Int64], counts: [Int32],
    requirements: [Requirement], channelCount: Int, demands: [Double], roundEnd: Int
  ) {
    self.activities = activities
    self.queueCount = queueCount
    self.rounds = rounds
    self.spans = spans
    self.counts = counts
    self.requirements = requirements
    self.channelCount = channelCount
    self.demands = demands
    self.roundEnd = roundEnd
  }
}

/// One entry of the repeated list.
public struct Activity: Sendable {
  public var queue: Int32
  /// Passed over, without waiting for anything, where its count is 0.
  public var skippedWhenZero: Bool
  /// First entry of its span table, and the counts it may meet: the table's first and last.
  public var spanBase: Int
  public var smallestCount: Int32
  public var largestCount: Int32
  /// Where its counts start, and how many entries a round has; stride 0 with base -1 is the
  /// constant count 1.
  public var countBase: Int
  public var countStride: Int
  /// First requirement and one past the last.
  public var requirementStart: Int32
  public var requirementEnd: Int32
  /// First entry of its demand table, or -1 when it uses no shared channel.
  public var demandBase: Int

  public init(
    queue: Int32, skippedWhenZero: Bool, spanBase: Int, smallestCount: Int32 = 0,
    largestCount: Int32, countBase: Int, countStride: Int, requirementStart: Int32,
    requirementEnd: Int32, demandBase: Int
  ) {
    self.queue = queue
    self.skippedWhenZero = skippedWhenZero
    self.spanBase = spanBase
    self.smallestCount = smallestCount
    self.largestCount = largestCount
    self.countBase = countBase
    self.countStride = countStride
    self.requirementStart = requirementStart
    self.requirementEnd = requirementEnd
    self.demandBase = demandBase
  }
}

/// An activity that must have finished: `activity` of the list, `roundsBack` rounds earlier.
public struct Requirement: Sendable, Hashable {
  public var activity: Int32
  public var roundsBack: Int32
  public init(activity: Int32, roundsBack: Int32) {
    self.activity = activity
    self.roundsBack = roundsBack
  }
}
