import Quantities
import Testing
import Workloads

@testable import Serving

/// Which replica a request goes to.
struct RouterTests {
  /// Requests of the same length, one every so many picoseconds, with blocks of 16 tokens.
  static func stream(_ families: [UInt64], gap: Int64, prompt: Int32 = 64) -> RequestStream {
    var stream = RequestStream()
    stream.blockTokens = 16
    stream.blockStarts = [0]
    for (row, family) in families.enumerated() {
      stream.arrivals.append(Instant(picoseconds: Int64(row) * gap))
      stream.prompts.append(prompt)
      stream.outputs.append(1)
      for block in 0..<UInt64(prompt / 16) { stream.blocks.append(1000 * family + block) }
      stream.blockStarts.append(Int32(stream.blocks.count))
    }
    return stream
  }

  static func found(
    _ stream: RequestStream, _ routing: RequestTraffic.Routing, replicas: Int = 2,
    pages: Int = 1000
  ) throws -> [Int32] {
    var player = StreamPlayer(
      stream, LinearClock(), ServingLimits(tokens: 64, sequences: 8, page: 16, pages: pages),
      replicas: replicas, routing: routing)
    return try player.play().requests.found
  }

  @Test("Far apart in time, prompts find their prefix only where the one before went")
  func follows() throws {
    // Three families on two replicas, each done before the next comes.
    let stream = Self.stream([1, 2, 3, 1, 2, 3], gap: 1_000_000_000)
    #expect(try Self.found(stream, .prefixAware) == [0, 0, 0, 48, 48, 48])
    // In turn 1, 3, 2 go to the first and 2, 1, 3 to the second.
    #expect(try Self.found(stream, .roundRobin) == [0, 0, 0, 0, 0, 0])
  }

  @Test("Prefixes of at most half of a prompt do not decide")
  func halfIsNotEnough() throws {
    // The first half of the second is the first's; the first replica holds more blocks than the other.
    var stream = Self.stream([1, 1], gap: 1_000_000_000)
    stream.blocks[6...7] = [8, 9]
    #expect(try Self.found(stream, .prefixAware) == [0, 0])
    stream.blocks[6] = 1002
    #expect(try Self.found(stream, .prefixAware) == [0, 48])
  }

  @Test("Where loads are more than 32 apart the least loaded is taken, whatever it holds")
  func loadsApart() throws {
    // All of one family, after the first all at once.
    var stream = Self.stream(Array(repeating: 1, count: 80), gap: 0)
    for row in 1..<80 { stream.arrivals[row] = Instant(picoseconds: 1_000_000_000) }
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 1000)
    var player = StreamPlayer(
      stream, LinearClock(), limits, replicas: 2, routing: .prefixAware)
    let played = try player.play()
    // 33 follow the prefix, then one goes to each in turn: 23 of 46 to the other.
    let steps = played.tallies.map(\.mixedSteps)
    #expect(steps[1] > 0 && steps[0] > 0)
    #expect(played.requests.found.filter { $0 == 0 }.count >= 2)
  }

  @Test("Prefix-aware routing finds at least what other rules find", arguments: 1...4)
  func findsMore(seed: Int) throws {
    let stream = try SessionServingTests.sessions(UInt64(seed))
    func found(_ routing: RequestTraffic.Routing) throws -> Int {
      try Self.found(stream, routing, replicas: 4, pages: 400).reduce(0) { $0 + Int($1) }
    }
    let aware = try found(.prefixAware)
    #expect(aware > (try found(.roundRobin)))
    #expect(aware > (try found(.leastLoaded)))
  }
}
