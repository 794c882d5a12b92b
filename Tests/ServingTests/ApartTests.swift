import Diagnostics
import Quantities
import Testing
import Workloads

@testable import Serving

/// Prompts and decode on servers of their own.
struct ApartTests {
  /// A step takes 100 ps where it decodes, and 10 ps for each token of prompts.
  struct FlatClock: StepClock {
    var amountCount: Int { 1 }

    func line(batch: Int, context: Int64) -> DecodeLine {
      DecodeLine(low: 0, high: 1 << 40, time: 100, each: 0)
    }

    func add(_ line: DecodeLine, steps: Int64, above: Int64, to sums: inout [Int64]) {
      sums[0] += steps
    }

    func mixed(
      decoding: Int, context: Int64, chunks: [PromptChunk], sums: inout [Int64]
    ) -> Int64 {
      sums[0] += 1
      return (decoding > 0 ? 100 : 0) + chunks.reduce(0) { $0 + 10 * Int64($1.tokens) }
    }
  }

  static let limits = ServingLimits(tokens: 64, sequences: 8)

  static func play(
    _ stream: RequestStream, _ transfer: KVTransfer, senders: Int = 1, receivers: Int = 1,
    limits: ServingLimits = limits
  ) throws -> PlayedStream {
    let prompts = PromptServers(
      clock: FlatClock(), limits: Self.limits, replicas: senders, transfer: transfer)
    var player = StreamPlayer(
      stream, FlatClock(), limits, replicas: receivers, prompts: prompts)
    return try player.play()
  }

  static func two() -> RequestStream {
    var stream = RequestStream()
    stream.arrivals = [.start, .start]
    (stream.prompts, stream.outputs) = ([50, 30], [3, 2])
    return stream
  }

  @Test("Two requests by hand: prompts, transfers, steps that decode")
  func byHand() throws {
    let played = try Self.play(Self.two(), KVTransfer(start: 20, token: 2, bytesPerToken: 7))
    let table = played.requests
    // 64 tokens, then the 16 that are left.
    #expect(table.firstTokens == [640, 800])
    // The first lands at 640 + 120 and decodes twice; the second at 800 + 80, in the second of these
    // steps, which ends at 960.
    #expect(table.ends == [960, 1060])
    #expect(table.starts == [0, 0])
    // 860 - 640 and 100; 1060 - 800.
    #expect(played.gaps.total == 3 && played.gaps.mean == (220.0 + 100 + 260) / 3 * 1e-12)
    #expect(played.transfers?.tokens == 80 && played.transfers?.bytes == 560)
    #expect(played.transfers?.busy == 200 && played.transfers?.busiest == 200)
    #expect(played.transfers?.waited == 0 && played.transfers?.transfers == 2)
    #expect(played.steps == 3 && played.promptServers?.steps == 2)
  }

  @Test("A slow link makes the second wait for the first")
  func queue() throws {
    let played = try Self.play(Self.two(), KVTransfer(start: 20, token: 20, bytesPerToken: 1))
    // The first takes the link from 640 to 1660, the second from then on for 620.
    #expect(played.requests.ends == [1660 + 200, 2280 + 100])
    #expect(played.transfers?.waited == 860)
  }

  @Test("Two senders share the port of one receiver, and not those of two")
  func ports() throws {
    let transfer = KVTransfer(token: 20, bytesPerToken: 1)
    // Each prompt has a server of its own: done at 500 and at 300.
    let one = try Self.play(Self.two(), transfer, senders: 2)
    #expect(one.requests.firstTokens == [500, 300])
    let ends: [Int64] = [300 + 600 + 1000 + 200, 300 + 600 + 100]
    #expect(one.requests.ends == ends)
    let two = try Self.play(Self.two(), transfer, senders: 2, receivers: 2)
    let apart: [Int64] = [500 + 1000 + 200, 300 + 600 + 100]
    #expect(two.requests.ends == apart)
  }

  @Test("A request of one token ends where its prompt does, and nothing of it moves")
  func oneToken() throws {
    var stream = Self.two()
    stream.outputs = [1, 1]
    let played = try Self.play(stream, KVTransfer(token: 20, bytesPerToken: 1))
    #expect(played.requests.ends == [640, 800] && played.transfers?.transfers == 0)
  }

  @Test("Prompts run as on servers that do nothing else; all of their KV moves", arguments: 1...5)
  func conserved(seed: Int) throws {
    let stream = SampleStreams.random(
      count: 200, meanGap: 3_000, prompt: 200, output: 50, seed: UInt64(seed))
    let played = try Self.play(
      stream, KVTransfer(start: 50, token: 3, bytesPerToken: 11), senders: 2, receivers: 3)
    var alone = stream
    alone.outputs = alone.outputs.map { _ in 1 }
    var player = StreamPlayer(alone, FlatClock(), Self.limits, replicas: 2)
    #expect(try player.play().requests.firstTokens == played.requests.firstTokens)
    let moved = zip(stream.prompts, stream.outputs).reduce(0) { $0 + ($1.1 > 1 ? Int64($1.0) : 0) }
    #expect(played.transfers?.tokens == moved && played.transfers?.bytes == 11 * moved)
    #expect(played.gaps.total == stream.outputs.reduce(0) { $0 + Int64($1) - 1 })
  }

  @Test(
    "Advancing runs at once changes nothing, with sessions and with too little room too",
    arguments: [40, 100, 1000], 1...4)
  func runsEqualSteps(pages: Int, seed: Int) throws {
    let stream = try SessionServingTests.sessions(UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: pages)
    let a = try BothWays.play(limits) { limits in
      let prompts = PromptServers(
        clock: LinearClock(), limits: limits, replicas: 2,
        transfer: KVTransfer(start: 1_000_000, token: 30_000, bytesPerToken: 1))
      return StreamPlayer(
        stream, LinearClock(), limits, replicas: 2, routing: .prefixAware, prompts: prompts)
    }
    for row in 0..<stream.count where !a.requests.isRefused[row] {
      #expect(a.requests.ends[row] > 0)
    }
    if pages > 40 { #expect(!a.requests.isRefused.contains(true)) }
  }

  @Test(
    "The same with slower tiers for prompts, and swap where tokens are decoded", arguments: 1...4)
  func runsEqualStepsWithTiers(seed: Int) throws {
    let stream = try SessionServingTests.sessions(UInt64(seed))
    let limits = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 60)
    let tiers = TierTests.tiers([400], up: [1_000_000], start: 1000)
    let swap = TierTests.tiers([400], up: [1_000_000], swaps: true, keepsBlocks: false)
    let a = try BothWays.play(limits) { limits in
      let prompts = PromptServers(
        clock: LinearClock(), limits: limits, tiers: tiers,
        transfer: KVTransfer(start: 1_000_000, token: 30_000, bytesPerToken: 1))
      return StreamPlayer(stream, LinearClock(), limits, tiers: swap, prompts: prompts)
    }
    #expect(a.requests.ends.allSatisfy { $0 > 0 })
    #expect((a.promptServers?.copies[1].pages ?? 0) > 0)
    #expect(a.requests.preemptions.contains { $0 > 0 } && a.copies[1].pages > 0)
  }

  @Test("A link that is never done is a fault")
  func endless() throws {
    let stream = SampleStreams.random(count: 200, meanGap: 10, prompt: 9, output: 9, seed: 1)
    let never = KVTransfer(start: 99_000_000_000_000_000, token: 1, bytesPerToken: 1)
    #expect(throws: Faults.self) { try Self.play(stream, never) }
  }

  @Test("What either kind of server has no room for is refused")
  func refusal() throws {
    var stream = Self.two()
    stream.prompts[0] = 200
    let small = ServingLimits(tokens: 64, sequences: 8, page: 16, pages: 12)
    let played = try Self.play(stream, KVTransfer(token: 1, bytesPerToken: 1), limits: small)
    #expect(played.requests.isRefused == [true, false])
  }
}
