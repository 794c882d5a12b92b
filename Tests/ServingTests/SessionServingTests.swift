import Diagnostics
import Quantities
import Testing
import Workloads

@testable import Serving

/// Turns of sessions: when they arrive, and what they find of the turns before.
struct SessionServingTests {
  static let second: Int64 = 1_000_000_000_000

  /// Two turns of one session, the second two seconds after the first.
  static func twoTurns() -> RequestStream {
    var stream = RequestStream()
    stream.arrivals = [.start, .start]
    (stream.prompts, stream.outputs) = ([42, 74], [22, 1])
    (stream.parents, stream.parentStarts) = ([0], [0, 0, 1])
    stream.thinks = [.zero, Span(picoseconds: 2 * second)]
    (stream.blockTokens, stream.blocksGoOn) = (16, true)
    (stream.blocks, stream.blockStarts) = ([1, 2, 3, 4, 1, 2, 3, 4], [0, 4, 8])
    return stream
  }

  static let limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 100)

  @Test("A turn arrives when its reader has thought and finds prompt and output of the one before")
  func byHand() throws {
    var player = StreamPlayer(Self.twoTurns(), LinearClock(), Self.limits)
    let table = try player.play().requests
    #expect(table.arrivals == [0, table.ends[0] + 2 * Self.second])
    #expect(table.starts[1] == table.arrivals[1])
    // The first text has 64 tokens, of which the last was no input: 3 whole blocks of KV.
    #expect(table.found == [0, 48])
  }

  @Test("Without blocks of outputs only the prompt before is found")
  func promptAlone() throws {
    var stream = Self.twoTurns()
    stream.blocksGoOn = false
    (stream.blocks, stream.blockStarts) = ([1, 2, 9, 1, 2, 3, 4, 5], [0, 3, 8])
    var player = StreamPlayer(stream, LinearClock(), Self.limits)
    #expect(try player.play().requests.found == [0, 32])
  }

  @Test("A turn that the stream says is later arrives then")
  func laterArrival() throws {
    var stream = Self.twoTurns()
    stream.arrivals[1] = Instant(picoseconds: 9 * Self.second)
    var player = StreamPlayer(stream, LinearClock(), Self.limits)
    #expect(try player.play().requests.arrivals == [0, 9 * Self.second])
  }

  @Test("What follows a refused request is refused too")
  func refusal() throws {
    var stream = Self.twoTurns()
    stream.prompts = [5000, 5074]
    var player = StreamPlayer(stream, LinearClock(), Self.limits)
    let played = try player.play()
    #expect(played.requests.isRefused == [true, true] && played.requests.ends == [-1, -1])
  }

  @Test("Thoughts beyond the end of time are a fault")
  func tooLate() throws {
    var stream = Self.twoTurns()
    stream.thinks[1] = Span(picoseconds: .max - 5)
    var player = StreamPlayer(stream, LinearClock(), Self.limits)
    #expect(throws: Faults.self) { try player.play() }
  }

  static func sessions(_ seed: UInt64) throws -> RequestStream {
    try RequestStream(
      drawing: DrawnSessions(
        count: 60, turns: .uniform(1...5), prompts: .uniform(5...60), outputs: .uniform(1...40),
        think: .exponential(mean: Seconds(1e-4)), shared: 40),
      gaps: .poisson(rate: PerSecond(50_000)), blockTokens: 16, seed: seed)
  }

  @Test(
    "Advancing runs of steps at once changes nothing for sessions on several replicas",
    arguments: RequestTraffic.Routing.allCases, 1...4)
  func runsEqualSteps(_ routing: RequestTraffic.Routing, seed: Int) throws {
    let stream = try Self.sessions(UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 60)
    let a = try BothWays.play(limits) {
      StreamPlayer(stream, LinearClock(), $0, replicas: 3, routing: routing)
    }
    for row in 0..<stream.count {
      #expect(a.requests.ends[row] > 0)
      guard let parent = stream.parents(of: row).first else { continue }
      #expect(
        a.requests.arrivals[row]
          == a.requests.ends[Int(parent)] + stream.thinks[row].picoseconds)
    }
  }
}
