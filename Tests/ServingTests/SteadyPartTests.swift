import NumericalMethods
import Quantities
import Testing
import Workloads

@testable import Serving

/// Which requests count, and what is said of a server that gets too many.
struct SteadyPartTests {
  private static let second: Int64 = 1_000_000_000_000

  /// A server with one place and a second for each request, which come at these times.
  private func played(_ arrivals: [Int64]) throws -> RequestTable {
    var stream = RequestStream()
    stream.arrivals = arrivals.map { Instant(picoseconds: $0) }
    stream.prompts = Array(repeating: 1, count: arrivals.count)
    stream.outputs = stream.prompts
    var player = StreamPlayer(
      stream, DrawnClock(times: [Self.second]), ServingLimits(tokens: 1, sequences: 1))
    return try player.play().requests
  }

  @Test func twiceWhatAServerCanDoLeavesHalf() throws {
    // Of 400 requests half a second apart, at 99.75 s 200 have come and 99 are done, at 199.5 s 400
    // and 199.
    let table = try played((0..<400).map { $0 * Self.second / 2 })
    let part = try SteadyPart(table, warmUp: nil)
    #expect(part.growth == 0.5)
    #expect(!part.isSteady)
    #expect(part.first == 0)
  }

  @Test func halfOfWhatAServerCanDoIsSteady() throws {
    let table = try played((0..<400).map { $0 * Self.second * 2 })
    let part = try SteadyPart(table, warmUp: nil)
    #expect(part.isSteady)
    #expect(part.growth <= 1.0 / 200)
    #expect(part.first == 0)
  }

  @Test func aQueueAtTheStartIsLeftOut() throws {
    // Thirty requests at once wait up to 29 s; those that come later, two seconds apart, find the
    // queue shorter by one each, and none from the thirtieth on.
    let later = (1...400).map { $0 * Self.second * 2 }
    let table = try played(Array(repeating: 0, count: 30) + later.map { Int64($0) })
    let part = try SteadyPart(table, warmUp: nil)
    #expect(part.isSteady)
    #expect((30...65).contains(part.first), "\(part.first)")
    #expect(part.first.isMultiple(of: 5))
    let after = try StreamLatencies(table, from: part.first, nil)
    #expect(after.counted == 430 - part.first)
    #expect(try #require(after.ttft).p50.value == 1)
  }

  @Test(arguments: [(0.0, 0), (0.1, 40), (0.25, 100), (0.9, 360)])
  func aStatedShareIsLeftOut(share: Double, first: Int) throws {
    for gap in [Self.second / 2, Self.second * 2] {
      let table = try played((0..<400).map { $0 * gap })
      #expect(try SteadyPart(table, warmUp: share).first == first)
    }
  }

  @Test func aStationaryRunHasIntervals() throws {
    // Services drawn around half of the gap.
    var stream = RequestStream()
    stream.arrivals = (0..<4000).map { Instant(picoseconds: $0 * Self.second) }
    stream.prompts = Array(repeating: 1, count: 4000)
    stream.outputs = stream.prompts
    var draws = KeyedStream(seed: 3, purpose: "services")
    let times = (0..<4000).map { _ in Int64(draws.uniform() * 1e12) + 1 }
    var player = StreamPlayer(
      stream, DrawnClock(times: times), ServingLimits(tokens: 1, sequences: 1))
    let table = try player.play().requests
    let level = RequestTraffic.ServiceLevel(firstToken: Seconds(0.75))
    let latencies = try StreamLatencies(table, from: 0, level)
    let ttft = try #require(latencies.ttft)
    let mean = times.reduce(0.0) { $0 + Double($1) * 1e-12 } / 4000
    #expect(abs(ttft.mean.value - mean) < 1e-12)
    // Student's t of 19 degrees of freedom is 2.1: half an interval is 2.1 times the deviation of the
    // figure, by chance up to twice as much or half.
    for (estimate, value, deviation) in [
      (ttft.mean, 0.5, 0.289), (ttft.p90, 0.9, 0.3), (ttft.p99, 0.99, 0.0995),
    ] {
      let error = deviation / Double(4000).squareRoot()
      #expect(abs(estimate.value - value) < 4 * error)
      let interval = try #require(estimate.interval)
      let half = (interval.high - interval.low) / 2
      #expect(half > 2.1 * error / 2 && half < 2.1 * error * 2, "\(half) around \(value)")
      #expect(interval.contains(estimate.value))
    }
    let kept = try #require(latencies.kept)
    #expect(kept.value == Double(times.count { $0 <= 750_000_000_000 }) / 4000)
    #expect(try #require(kept.interval).contains(kept.value))
    #expect(latencies.tpot == nil)
  }
}
