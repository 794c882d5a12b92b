import Diagnostics

/// A server whose steps take drawn or fixed times, whatever they hold: the textbook's queues.
///
/// A request of one output token is served by one step; with a limit of one sequence the scheduler is
/// M/M/1, M/D/1 or what else the times are.
public struct DrawnClock: StepClock {
  /// Picoseconds of the steps in order, from the first again when all are used.
  public let times: [Int64]
  private var next = 0

  /// - Precondition: there is a time, and none is below 1.
  public init(times: [Int64]) {
    precondition(!times.isEmpty && times.allSatisfy { $0 > 0 })
    self.times = times
  }

  public var amountCount: Int { 0 }

  public mutating func line(batch: Int, context: Int64) -> DecodeLine {
    let time = times[next]
    next = (next + 1) % times.count
    return DecodeLine(low: context, high: context, time: time, each: 0)
  }

  public func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {}

  public mutating func mixed(
    decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
  ) -> Int64 {
    let time = times[next]
    next = (next + 1) % times.count
    return time
  }
}
