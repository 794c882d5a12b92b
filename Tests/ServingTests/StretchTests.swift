import Testing
import Workloads

@testable import Serving

/// Runs of decode steps advanced at once against steps one by one.
struct StretchTests {
  struct Setup: Sendable {
    var limits: ServingLimits
    /// Mean picoseconds between arrivals.
    var gap: Int64
  }

  static let setups = [
    Setup(limits: ServingLimits(tokens: 64, sequences: 16), gap: 40_000_000),
    Setup(limits: ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 40), gap: 40_000_000),
    Setup(limits: ServingLimits(tokens: 33, sequences: 7, page: 5, pages: 110), gap: 2_000_000_000),
    Setup(
      limits: ServingLimits(
        tokens: 512, sequences: 64, page: 1, pages: 900, order: .shortestFirst), gap: 9_000),
    Setup(limits: ServingLimits(tokens: 100, sequences: 3), gap: 1_000_000),
  ]

  @Test(
    "Advancing runs of steps at once changes nothing, to the last picosecond",
    arguments: setups, 1...6)
  func runsEqualSteps(_ setup: Setup, seed: Int) throws {
    let (limits, gap) = (setup.limits, setup.gap)
    let stream = SampleStreams.random(
      count: 150, meanGap: gap, prompt: 200, output: 300, seed: UInt64(seed))
    let a = try BothWays.play(limits) { StreamPlayer(stream, LinearClock(), $0) }
    #expect(a.steps > 1000)
    #expect(a.requests.ends.allSatisfy { $0 > 0 })
  }

  @Test(
    "The same with prompts that share prefixes; what is found is what earlier prompts left",
    arguments: 1...6, [60, 100, 400])
  func runsEqualStepsWithPrefixes(seed: Int, pages: Int) throws {
    let stream = SampleStreams.sharing(count: 150, seed: UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: pages)
    let a = try BothWays.play(limits) { StreamPlayer(stream, LinearClock(), $0) }
    #expect(a.mostPages <= pages)
    #expect(a.requests.found.contains { $0 > 0 })
    for row in 0..<stream.count {
      #expect(a.requests.found[row] % 16 == 0)
      #expect(a.requests.found[row] < stream.prompts[row])
    }
  }

  @Test("A prompt seen before is found but for its last block, with room for all")
  func prefixByHand() throws {
    var stream = RequestStream()
    stream.arrivals = [0, 1_000_000_000].map { .init(picoseconds: $0) }
    stream.prompts = [64, 64]
    stream.outputs = [2, 2]
    stream.blockTokens = 16
    stream.blocks = [1, 2, 3, 4, 1, 2, 3, 4]
    stream.blockStarts = [0, 4, 8]
    var player = StreamPlayer(
      stream, LinearClock(), ServingLimits(tokens: 64, sequences: 2, page: 16, pages: 50))
    let played = try player.play()
    #expect(played.requests.found == [0, 48])
    #expect(played.mostPages == 5)
  }

  @Test("Pages are all given back, preempted requests generate every token, limits hold")
  func preemption() throws {
    let limits = ServingLimits(tokens: 64, sequences: 16, page: 16, pages: 40)
    let stream = SampleStreams.random(
      count: 200, meanGap: 1_000_000, prompt: 200, output: 300, seed: 3)
    var player = StreamPlayer(stream, LinearClock(), limits)
    let played = try player.play()
    #expect(played.requests.preemptions.contains { $0 > 0 })
    #expect(played.mostPages <= 40)
    // Every token but the first of each request ends one gap.
    let tokens = stream.outputs.reduce(0) { $0 + Int64($1) }
    #expect(played.gaps.total == tokens - Int64(stream.count))
    #expect(played.little.counted == played.little.spent)
  }

  @Test("A request that needs more pages than there are is refused, the others run")
  func refusal() throws {
    var stream = SampleStreams.random(
      count: 5, meanGap: 1_000_000, prompt: 50, output: 20, seed: 1)
    stream.prompts[2] = 2000
    var player = StreamPlayer(
      stream, LinearClock(), ServingLimits(tokens: 64, sequences: 4, page: 16, pages: 20))
    let played = try player.play()
    #expect(played.requests.isRefused == [false, false, true, false, false])
    #expect(played.requests.ends[2] == -1)
  }

  @Test("Two requests by hand: chunks, first tokens, ends")
  func byHand() throws {
    var stream = RequestStream()
    stream.arrivals = [.init(picoseconds: 0), .init(picoseconds: 1)]
    stream.prompts = [150, 30]
    stream.outputs = [3, 2]
    var clock = LinearClock()
    (clock.fixed, clock.perSequence, clock.perToken, clock.width) = (1000, 0, 0, 1 << 30)
    var player = StreamPlayer(stream, clock, ServingLimits(tokens: 100, sequences: 2))
    let played = try player.play()
    // 100 tokens: 1000 + 100 x 2000. Then 50 after 100, and 30 of the second: 1000 + 50 x 2100 + 60000.
    let (first, second) = (201_000 as Int64, 201_000 + 166_000 as Int64)
    #expect(played.requests.starts == [0, first])
    #expect(played.requests.firstTokens == [second, second])
    // Slope -1 a token at place 0: contexts 151 + 31, then 152.
    let third = second + 1000 - 182
    #expect(played.requests.ends == [third + 1000 - 152, third])
  }

  @Test(
    "Replicas share the requests, each by itself as one server",
    arguments: [RequestTraffic.Routing.roundRobin, .leastLoaded])
  func replicas(_ routing: RequestTraffic.Routing) throws {
    let stream = SampleStreams.random(
      count: 300, meanGap: 3_000_000, prompt: 100, output: 50, seed: 5)
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 60)
    func mean(_ replicas: Int) throws -> Int64 {
      var player = StreamPlayer(
        stream, LinearClock(), limits, replicas: replicas, routing: routing)
      let played = try player.play()
      #expect(played.tallies.count == replicas)
      #expect(played.requests.ends.allSatisfy { $0 > 0 })
      return zip(played.requests.arrivals, played.requests.ends).reduce(0) { $0 + $1.1 - $1.0 }
    }
    let (one, two, four) = (try mean(1), try mean(2), try mean(4))
    #expect(two < one)
    #expect(four < two)
  }

  @Test("Of two replicas in turn each plays its half as a server of its own")
  func turns() throws {
    let stream = SampleStreams.random(
      count: 100, meanGap: 30_000_000, prompt: 100, output: 50, seed: 6)
    var half = RequestStream()
    for row in stride(from: 1, to: 100, by: 2) {
      half.arrivals.append(stream.arrivals[row])
      half.prompts.append(stream.prompts[row])
      half.outputs.append(stream.outputs[row])
    }
    let limits = ServingLimits(tokens: 64, sequences: 8)
    var both = StreamPlayer(stream, LinearClock(), limits, replicas: 2)
    var alone = StreamPlayer(half, LinearClock(), limits)
    let ends = try both.play().requests.ends
    #expect(stride(from: 1, to: 100, by: 2).map { ends[$0] } == (try alone.play().requests.ends))
  }

  @Test("A graph over two replicas: no child starts before its parents end")
  func graphOverReplicas() throws {
    var stream = SampleStreams.random(
      count: 120, meanGap: 1_000_000, prompt: 60, output: 40, seed: 9)
    stream.parentStarts = [0]
    for row in 0..<120 {
      if row % 3 == 2 { stream.parents += [Int32(row - 1), Int32(row - 2)] }
      stream.parentStarts.append(Int32(stream.parents.count))
    }
    let limits = ServingLimits(tokens: 64, sequences: 8)
    var player = StreamPlayer(
      stream, LinearClock(), limits, replicas: 2, routing: .leastLoaded)
    let table = try player.play().requests
    for row in stride(from: 2, to: 120, by: 3) {
      #expect(
        table.arrivals[row]
          == max(stream.arrivals[row].picoseconds, table.ends[row - 1], table.ends[row - 2]))
      #expect(table.starts[row] >= table.arrivals[row])
    }
  }

  @Test("A child arrives when the last of its parents ends")
  func graph() throws {
    var stream = RequestStream()
    stream.arrivals = [0, 0, 0].map { .init(picoseconds: $0) }
    stream.prompts = [10, 90, 10]
    stream.outputs = [1, 5, 1]
    stream.parents = [0, 1]
    stream.parentStarts = [0, 0, 0, 2]
    var player = StreamPlayer(
      stream, LinearClock(), ServingLimits(tokens: 100, sequences: 4))
    let played = try player.play()
    let table = played.requests
    #expect(table.arrivals[2] == max(table.ends[0], table.ends[1]))
    #expect(table.starts[2] == table.arrivals[2])
  }
}
