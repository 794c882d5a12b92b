import EventKernel
import TestSupport
import Testing

/// Shorter spans never end an activity later, whatever shares channels with whatever.
@Suite struct MonotonePlaybackTests {
  /// Random lists over several queues and channels; every activity of every round is compared.
  @Test func shorterSpansEndNothingLater() {
    var random = SplitMix(state: 5)
    var slowed = 0
    for draw in 0..<3000 {
      let list = RandomList(&random)
      let base = list.play()
      var shorter = list
      let changes = 1 + random.below(3)
      for _ in 0..<changes {
        let index = random.below(list.spans.count)
        shorter.spans[index] = Int64(random.below(Int(list.spans[index]) + 1))
      }
      let changed = shorter.play()
      if base.result.slowed.contains(where: { $0 > 0 }) { slowed += 1 }
      // Every end is rounded up to whole picoseconds.
      let rounding = Int64(list.spans.count * RandomList.rounds)
      for (end, before) in zip(changed.ends, base.ends) where end > before + rounding {
        Issue.record("draw \(draw): \(before) became \(end)")
        return
      }
    }
    #expect(slowed > 1000, "channels are short in \(slowed) draws")
  }
}

private struct RandomList {
  static let rounds = 3
  static let queues = 4

  var spans: [Int64] = []
  private var queue: [Int] = []
  private var after: [[Requirement]] = []
  private var demand: [[Double]] = []

  init(_ random: inout SplitMix) {
    let length = 4 + random.below(9)
    for index in 0..<length {
      spans.append(Int64(1000 * (1 + random.below(1000))))
      queue.append(index == length - 1 ? 0 : random.below(Self.queues))
      var needs: [Requirement] = []
      for _ in 0..<random.below(3) {
        let back = index == 0 || random.oneIn(4) ? 1 : 0
        let other = random.below(back == 0 ? index : length)
        needs.append(Requirement(activity: Int32(other), roundsBack: Int32(back)))
      }
      after.append(needs)
      demand.append((0..<2).map { _ in random.oneIn(2) ? 0 : random.uniform(0, 1) })
    }
  }

  /// What came out, and the end of each activity in each round.
  func play() -> (result: PlaybackResult, ends: [Int64]) {
    var builder = ScheduleBuilder()
    builder.channels = 2
    for i in spans.indices {
      builder.add([spans[i]], queue: queue[i], after: after[i], demand: demand[i])
    }
    let all = spans.count * Self.rounds
    let result = builder.play(rounds: Self.rounds, queues: Self.queues, recordLimit: all)
    var ends = [Int64](repeating: 0, count: all)
    for interval in result.intervals {
      ends[Int(interval.round) * spans.count + Int(interval.activity)] = interval.end
    }
    return (result, ends)
  }
}
