import NumericalMethods
import Quantities
import Testing
import Workloads

@testable import Serving

/// The scheduler with one place and drawn times of service is the textbook's single server.
struct QueueTheoryTests {
  private static let service = 1e9
  private static let count = 400_000

  /// Draws of an exponential law, scaled to its mean: what is left of their chance is small enough for
  /// the comparison at high load.
  private func exponential(_ purpose: KeyedStream.Purpose, mean: Double) -> [Double] {
    var stream = KeyedStream(seed: 11, purpose: purpose)
    let draws = (0..<Self.count).map { _ in -Elementary.logarithm(1 - stream.uniform()) }
    let scale = mean * Double(Self.count) / draws.reduce(0, +)
    return draws.map { $0 * scale }
  }

  /// The mean time in the system, in times of service.
  private func meanStay(load: Double, times: [Double]) throws -> Double {
    var stream = RequestStream()
    var time = 0.0
    for gap in exponential("arrivals", mean: Self.service / load) {
      time += gap
      stream.arrivals.append(Instant(picoseconds: Int64(time)))
    }
    stream.prompts = Array(repeating: 1, count: Self.count)
    stream.outputs = stream.prompts
    let clock = DrawnClock(times: times.map { max(1, Int64($0)) })
    var player = StreamPlayer(stream, clock, ServingLimits(tokens: 1, sequences: 1))
    let table = try player.play().requests
    let stays = zip(table.arrivals, table.ends).reduce(0.0) { $0 + Double($1.1 - $1.0) }
    return stays / Double(Self.count) / Self.service
  }

  @Test("Exponential service: the mean stay is 1 / (1 - load)", arguments: [0.3, 0.6, 0.9])
  func exponentialService(load: Double) throws {
    let stay = try meanStay(
      load: load, times: exponential("services", mean: Self.service))
    #expect(abs(stay * (1 - load) - 1) < 0.01)
  }

  @Test(
    "Equal service: the mean stay is 1 + load / (2 (1 - load))", arguments: [0.3, 0.6, 0.9])
  func equalService(load: Double) throws {
    let stay = try meanStay(load: load, times: [Self.service])
    #expect(abs(stay / (1 + load / (2 * (1 - load))) - 1) < 0.01)
  }
}
