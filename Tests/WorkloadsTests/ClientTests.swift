import Diagnostics
import Quantities
import Testing
import Workloads

@Suite struct ClientTests {
  /// Two clients with lengths, 300 requests in each window, and one without.
  static func traffic() throws -> ClientTraffic {
    func histogram(_ length: Int) throws -> LengthHistogram {
      try LengthHistogram([.init(lengths: length...length, weight: 1)])
    }
    let windows = [0, 600, 1200].map {
      ClientTraffic.Window(start: $0, rate: 0.5, gaps: .gamma(shape: 0.3))
    }
    return ClientTraffic(clients: [
      .init(number: 0, windows: windows, prompts: try histogram(10), outputs: try histogram(0)),
      .init(number: 4, windows: windows, prompts: try histogram(20), outputs: try histogram(5)),
      .init(
        number: 7, windows: [.init(start: 600, rate: 1, gaps: .weibull(shape: 0.5))]),
    ])
  }

  @Test func everyWindowHasItsRequests() throws {
    let traffic = try Self.traffic()
    #expect(traffic.range == 0..<1800)
    let stream = try traffic.stream(in: 0..<1800, unknown: .leftOut, seed: 1)
    #expect(stream.count == 1800)
    let half = Instant(picoseconds: 600_000_000_000_000)
    #expect(stream.arrivals.count { $0 < half } == 600)
    #expect(zip(stream.arrivals, stream.arrivals.dropFirst()).allSatisfy { $0 <= $1 })
    // Nobody answers with nothing.
    #expect(stream.outputs.count { $0 == 1 } == 900 && stream.outputs.count { $0 == 5 } == 900)
    // Shape 0.3 is a variation of 1.83; two such clients together come near it.
    #expect(try #require(stream.burstiness) > 1.3)
  }

  @Test func clientsWithoutLengthsTakeThoseOfTheOthers() throws {
    let stream = try Self.traffic().stream(in: 600..<1200, unknown: .pooled, seed: 1)
    #expect(stream.count == 1200)
    // 300 of client 0 and half of 600 pooled, within 5 deviations of 12.
    #expect(abs(stream.prompts.count { $0 == 10 } - 600) < 62)
  }

  @Test func scalingAndSeeds() throws {
    let traffic = try Self.traffic()
    let tenth = try traffic.stream(in: 0..<1800, scale: 0.1, unknown: .leftOut, seed: 1)
    #expect(tenth.count == 180)
    #expect(try tenth == traffic.stream(in: 0..<1800, scale: 0.1, unknown: .leftOut, seed: 1))
    #expect(try tenth != traffic.stream(in: 0..<1800, scale: 0.1, unknown: .leftOut, seed: 2))
    // A client sends in a window what it sends, whatever else is asked for.
    let whole = try traffic.stream(in: 0..<1800, unknown: .leftOut, seed: 1)
    let last = try traffic.stream(in: 1200..<1800, unknown: .leftOut, seed: 1)
    #expect(
      whole.arrivals.suffix(600).map { $0.picoseconds - 1_200_000_000_000_000 }
        == last.arrivals.map(\.picoseconds))
  }

  @Test func absurdRequests() throws {
    let traffic = try Self.traffic()
    for scale in [0, -1, Double.nan, .infinity, 1e9] {
      #expect(throws: Faults.self) {
        try traffic.stream(in: 0..<1800, scale: scale, unknown: .leftOut, seed: 1)
      }
    }
    #expect(throws: Faults.self) {
      try traffic.stream(in: 5000..<6000, unknown: .leftOut, seed: 1)
    }
    let unknown = ClientTraffic(clients: [traffic.clients[2]])
    #expect(throws: Faults.self) { try unknown.stream(in: 0..<1800, unknown: .pooled, seed: 1) }
  }
}
