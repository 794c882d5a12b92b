import NumericalMethods
import Quantities
import Testing
import Workloads

@testable import Serving

/// The scheduler with one place and drawn times of service is the textbook's single server.
struct QueueTheoryTests {
  private static let service = 1e9

  /// Draws of an exponential law, scaled to its mean, or those that mirror them: what is left of their
  /// chance is small enough for the comparison at high load.
  private func exponential(
    _ purpose: KeyedStream.Purpose, mean: Double, count: Int, mirrored: Bool
  ) -> [Double] {
    var stream = KeyedStream(seed: 11, purpose: purpose)
    let draws = (0..<count).map { _ in
      let share = min(max(stream.uniform(), 1e-12), 1 - 1e-12)
      return -Elementary.logarithm(mirrored ? share : 1 - share)
    }
    let scale = mean * Double(count) / draws.reduce(0, +)
    return draws.map { $0 * scale }
  }

  /// The mean time in the system, in times of service.
  private func meanStay(load: Double, isDrawn: Bool) throws -> Double {
    // A queue forgets its past more slowly the nearer it is to its limit; at 0.9 the standard error of
    // so many pairs is about 0.7 %.
    let count = load > 0.5 ? 1_500_000 : 200_000
    var sum = 0.0
    for mirrored in [false, true] {
      var stream = RequestStream()
      var time = 0.0
      for gap in exponential(
        "arrivals", mean: Self.service / load, count: count, mirrored: mirrored)
      {
        time += gap
        stream.arrivals.append(Instant(picoseconds: Int64(time)))
      }
      stream.prompts = Array(repeating: 1, count: count)
      stream.outputs = stream.prompts
      let times =
        isDrawn
        ? exponential("services", mean: Self.service, count: count, mirrored: mirrored)
        : [Self.service]
      let clock = DrawnClock(times: times.map { max(1, Int64($0)) })
      var player = StreamPlayer(stream, clock, ServingLimits(tokens: 1, sequences: 1))
      let table = try player.play().requests
      sum += zip(table.arrivals, table.ends).reduce(0.0) { $0 + Double($1.1 - $1.0) }
    }
    return sum / Double(2 * count) / Self.service
  }

  @Test("Exponential service: the mean stay is 1 / (1 - load)", arguments: [0.3, 0.6, 0.9])
  func exponentialService(load: Double) throws {
    let stay = try meanStay(load: load, isDrawn: true)
    #expect(abs(stay * (1 - load) - 1) < 0.01)
  }

  @Test(
    "Equal service: the mean stay is 1 + load / (2 (1 - load))", arguments: [0.3, 0.6, 0.9])
  func equalService(load: Double) throws {
    let stay = try meanStay(load: load, isDrawn: false)
    #expect(abs(stay / (1 + load / (2 * (1 - load))) - 1) < 0.01)
  }

  @Test(
    "Every end is that of Lindley's recursion, to the picosecond", arguments: [0.3, 0.6, 0.9, 1.2])
  func recursion(load: Double) throws {
    let gaps = exponential("gaps", mean: Self.service / load, count: 20_000, mirrored: false)
    let times = exponential("services", mean: Self.service, count: 20_000, mirrored: false)
      .map { max(1, Int64($0)) }
    var stream = RequestStream()
    var (arrival, end) = (0.0, Int64(0))
    var ends: [Int64] = []
    for (gap, time) in zip(gaps, times) {
      arrival += gap
      stream.arrivals.append(Instant(picoseconds: Int64(arrival)))
      end = max(end, Int64(arrival)) + time
      ends.append(end)
    }
    stream.prompts = Array(repeating: 1, count: ends.count)
    stream.outputs = stream.prompts
    var player = StreamPlayer(
      stream, DrawnClock(times: times), ServingLimits(tokens: 1, sequences: 1))
    #expect(try player.play().requests.ends == ends)
  }
}
