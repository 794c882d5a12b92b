import EventKernel
import Testing

/// Builds small schedules by hand: times in picoseconds, counts constant unless given.
struct ScheduleBuilder {
  var activities: [Activity] = []
  var spans: [Int64] = []
  var requirements: [Requirement] = []
  var counts: [Int32] = []
  var demands: [Float] = []
  var channels = 0
  var pools: [Double] = []

  /// Adds an activity whose span at count n is `table[n]`; a constant one has one entry.
  mutating func add(
    _ table: [Int64], queue: Int, after: [Requirement] = [], counts: [Int32]? = nil,
    skipped: Bool = false, demand: [Float]? = nil, pool: Int = -1, cores: Float = 0
  ) {
    let start = requirements.count
    requirements += after
    let base = spans.count
    spans += counts == nil ? [0] + table : table
    let countBase = counts.map { values in
      defer { self.counts += values }
      return self.counts.count
    }
    var demandBase = -1
    if let demand {
      demandBase = demands.count / channels
      for _ in 0..<(counts == nil ? 2 : table.count) { demands += demand }
    }
    activities.append(
      Activity(
        queue: Int32(queue), pool: Int32(pool), skippedWhenZero: skipped, spanBase: base,
        largestCount: Int32(counts?.max() ?? 1), countBase: countBase ?? -1,
        countStride: countBase == nil ? 0 : 1, requirementStart: Int32(start),
        requirementEnd: Int32(requirements.count), demandBase: demandBase, coresBase: cores,
        coresEach: 0))
  }

  func play(rounds: Int, queues: Int, recordLimit: Int = 100) -> PlaybackResult {
    Playback(
      Schedule(
        activities: activities, queueCount: queues, rounds: rounds, spans: spans, counts: counts,
        requirements: requirements, poolCores: pools, channelCount: channels, demands: demands,
        roundEnd: activities.count - 1)
    ).run(recordLimit: recordLimit)
  }
}

@Suite struct PlaybackTests {
  @Test func oneQueueAddsUp() {
    var s = ScheduleBuilder()
    s.add([100], queue: 0)
    s.add([30], queue: 0)
    let result = s.play(rounds: 3, queues: 1)
    #expect(result.makespan == 390)
    #expect(result.roundEnds == [130, 260, 390])
    #expect(result.busy == [300, 90])
    #expect(result.events == 12)
    #expect(result.overlapped == 0)
  }

  /// A copy of 80 beside a product of 100, then a product that needs both: 100 + 50.
  @Test func independentQueuesOverlap() {
    var s = ScheduleBuilder()
    s.add([80], queue: 1)
    s.add([100], queue: 0)
    s.add([50], queue: 0, after: [Requirement(activity: 0, roundsBack: 0)])
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.makespan == 150)
    #expect(result.overlapped == 80)
    #expect(result.awaited == [0, 0, 0])
  }

  /// The copy of 250 is waited for from 100 to 250.
  @Test func waitsArePutDownToWhatWasWaitedFor() {
    var s = ScheduleBuilder()
    s.add([250], queue: 1)
    s.add([100], queue: 0)
    s.add([50], queue: 0, after: [Requirement(activity: 0, roundsBack: 0)])
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.makespan == 300)
    #expect(result.awaited == [150, 0, 0])
  }

  @Test func countsChooseSpans() {
    var s = ScheduleBuilder()
    s.add([0, 10, 25], queue: 0, counts: [0, 2, 1])
    s.add([5], queue: 0)
    #expect(s.play(rounds: 3, queues: 1).roundEnds == [5, 35, 50])
  }

  /// In round 0 the fetch is skipped, so the reader does not wait for the long prefetch before it
  /// in the queue; in round 1 it is issued and waits its turn.
  @Test func skippedActivitiesHoldNothingUp() {
    var s = ScheduleBuilder()
    s.add([1000], queue: 1)
    s.add([0, 7], queue: 1, counts: [0, 1], skipped: true)
    s.add([5], queue: 0, after: [Requirement(activity: 1, roundsBack: 0)])
    let result = s.play(rounds: 2, queues: 2)
    #expect(result.roundEnds == [5, 2012])
    #expect(result.events == 2 * 5)
  }

  @Test func requirementsReachIntoEarlierRounds() {
    var s = ScheduleBuilder()
    s.add([40], queue: 1, after: [Requirement(activity: 1, roundsBack: 1)])
    s.add([60], queue: 0)
    let result = s.play(rounds: 2, queues: 2)
    #expect(result.intervals.filter { $0.activity == 0 }.map(\.start) == [0, 60])
  }

  /// Two transfers that each want the whole channel take twice as long together; the one left
  /// alone speeds up: 100 at half rate until 200, then 50 more alone.
  @Test func channelsAreSharedMaxMin() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([100], queue: 0, demand: [1])
    s.add([150], queue: 1, demand: [1])
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.intervals.map(\.end) == [200, 250])
    #expect(result.slowed == [100, 100])
  }

  /// Demands of 0.2 and 1 on one channel: the small one's rate is frozen only when the channel is
  /// full, which is when both run at 1/1.2.
  @Test func smallDemandsSlowWithTheRest() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([120], queue: 0, demand: [0.2])
    s.add([120], queue: 1, demand: [1])
    let ends = s.play(rounds: 1, queues: 2).intervals.map(\.end)
    #expect(ends.allSatisfy { abs($0 - 144) <= 1 })
  }

  /// A gather that holds 100 of 132 cores leaves 32 to a product that wants 40: it runs at 0.8 until
  /// the gather ends at 80, having done 64, and does the rest of 100 alone.
  @Test func coresGoInOrderOfStart() {
    var s = ScheduleBuilder()
    s.pools = [132]
    s.add([80], queue: 1, pool: 0, cores: 100)
    s.add([100], queue: 0, pool: 0, cores: 40)
    let result = s.play(rounds: 1, queues: 2)
    // Queue 0 is looked at first, so the product starts first and keeps its 40; the gather gets 92.
    #expect(result.intervals.map(\.end) == [87, 100])
  }

  @Test func fullDeviceMakesOthersWait() {
    var s = ScheduleBuilder()
    s.pools = [10]
    s.add([50], queue: 0, pool: 0, cores: 10)
    s.add([20], queue: 1, pool: 0, cores: 10)
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.intervals.map(\.end) == [50, 70])
    #expect(result.overlapped == 0)
  }
}
