import EventKernel
import Testing

/// Builds small schedules by hand: times in picoseconds, counts constant unless given.
struct ScheduleBuilder {
  var activities: [Activity] = []
  var spans: [Int64] = []
  var requirements: [Requirement] = []
  var counts: [Int32] = []
  var demands: [Double] = []
  var channels = 0

  /// Adds an activity whose span at count n is `table[n]`; a constant one has one entry.
  mutating func add(
    _ table: [Int64], queue: Int, after: [Requirement] = [], counts: [Int32]? = nil,
    skipped: Bool = false, demand: [Double]? = nil
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
        queue: Int32(queue), skippedWhenZero: skipped, spanBase: base,
        largestCount: Int32(counts?.max() ?? 1), countBase: countBase ?? -1,
        countStride: countBase == nil ? 0 : 1, requirementStart: Int32(start),
        requirementEnd: Int32(requirements.count), demandBase: demandBase))
  }

  func play(rounds: Int, queues: Int, recordLimit: Int = 100) -> PlaybackResult {
    Playback(
      Schedule(
        activities: activities, queueCount: queues, rounds: rounds, spans: spans, counts: counts,
        requirements: requirements, channelCount: channels, demands: demands,
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

  /// Two transfers that each want the whole channel: the one issued first has it until it ends.
  @Test func theFirstIssuedHasAChannel() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([100], queue: 1, demand: [1])
    s.add([150], queue: 0, demand: [1])
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.intervals.map(\.end) == [100, 250])
    #expect(result.slowed == [0, 100])
    #expect(result.busy == [100, 150])
    #expect(result.overlapped == 0)
  }

  /// A copy that takes 0.2 of a channel leaves 0.8 to a product that wants all of it: 96 of 120 are
  /// done when the copy ends.
  @Test func theRestOfAChannelSlowsInProportion() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([120], queue: 1, demand: [0.2])
    s.add([120], queue: 0, demand: [1])
    let result = s.play(rounds: 1, queues: 2)
    #expect(result.intervals.map(\.end) == [120, 144])
    #expect(result.overlapped == 120)
  }

  /// A gather on 100 of 132 cores leaves 32 to a product that wants 40: it runs at 0.8 until the
  /// gather ends at 80, having done 64, and does the rest of 100 alone.
  @Test func aGatherKeepsItsCores() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([80], queue: 1, demand: [100.0 / 132])
    s.add([100], queue: 0, demand: [40.0 / 132])
    #expect(s.play(rounds: 1, queues: 2).intervals.map(\.end) == [80, 116])
  }

  /// The prefetch stands last in the list, but is issued with the first activity, which it waits
  /// for: from 10 on it has the channel, and the second activity stands still until 60.
  @Test func whatIsWaitedForSaysWhenAnActivityIsIssued() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([10], queue: 0, demand: [1])
    s.add([30], queue: 0, demand: [1])
    s.add([50], queue: 1, after: [Requirement(activity: 0, roundsBack: 0)], demand: [1])
    s.add([5], queue: 0, after: [Requirement(activity: 2, roundsBack: 0)], demand: [1])
    #expect(s.play(rounds: 1, queues: 2).intervals.map(\.end) == [10, 60, 90, 95])
  }

  /// A copy keeps half of the channel from its issue on, also while the read before it runs: the
  /// product of 100 does 60 until the copy ends at 120, where 40 are left.
  @Test func whatIsIssuedKeepsItsShareBeforeItStarts() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([0], queue: 0)
    s.add([90], queue: 1, after: [Requirement(activity: 0, roundsBack: 0)])
    s.add([30], queue: 2, after: [Requirement(activity: 1, roundsBack: 0)], demand: [0.5])
    s.add([100], queue: 0, demand: [1])
    #expect(s.play(rounds: 1, queues: 3).intervals.map(\.end) == [0, 90, 120, 160])
  }

  /// The second read comes before the copy of the first, although it stands after it in the list: it
  /// keeps its 0.1 of the channel, and the copy has 0.9 until the read ends at 200, having done 90 of
  /// 180.
  @Test func readsAreIssuedBeforeTheCopiesOfOthers() {
    var s = ScheduleBuilder()
    s.channels = 1
    s.add([0], queue: 0)
    let first = [Requirement(activity: 0, roundsBack: 0)]
    s.add([100], queue: 1, after: first, demand: [0.1])
    s.add([180], queue: 2, after: [Requirement(activity: 1, roundsBack: 0)], demand: [1])
    s.add([100], queue: 1, after: first, demand: [0.1])
    s.add([0], queue: 0, after: [Requirement(activity: 2, roundsBack: 0)])
    #expect(s.play(rounds: 1, queues: 3).intervals.map(\.end) == [0, 100, 200, 290, 290])
  }
}
