import Testing

@testable import Serving

/// A stream that is played in runs of steps advanced at once, and step by step.
enum BothWays {
  /// Holds one against the other, to the last picosecond.
  /// - Returns: what both come to.
  static func play<Clock: StepClock>(
    _ limits: ServingLimits, _ player: (ServingLimits) -> StreamPlayer<Clock>
  ) throws -> PlayedStream {
    var stepping = limits
    stepping.advancesRuns = false
    var (runs, steps) = (player(limits), player(stepping))
    let (a, b) = (try runs.play(), try steps.play())
    #expect(a.requests == b.requests)
    #expect(a.tallies == b.tallies)
    #expect(a.copies == b.copies && a.transfers == b.transfers)
    #expect(a.promptServers?.tallies == b.promptServers?.tallies)
    return a
  }
}
