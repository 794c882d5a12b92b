import Diagnostics
import Quantities
import Testing
import Workloads

/// Sessions that are drawn, and the blocks of their texts.
@Suite struct SessionTests {
  static func draw(
    _ change: (inout DrawnSessions) -> Void = { _ in }, rate: Double = 1, seed: UInt64 = 1
  ) throws(Faults) -> RequestStream {
    var sessions = DrawnSessions(
      count: 2, turns: .fixed(3), prompts: .fixed(10), outputs: .fixed(5),
      think: .fixed(Seconds(2)), shared: 32)
    change(&sessions)
    return try RequestStream(
      drawing: sessions, gaps: .constant(rate: PerSecond(rate)), blockTokens: 16, seed: seed)
  }

  @Test("Every turn begins with all that was said before; by hand")
  func byHand() throws {
    let stream = try Self.draw()
    #expect(stream.prompts == [42, 57, 72, 42, 57, 72])
    #expect(stream.outputs == [5, 5, 5, 5, 5, 5])
    #expect(StreamTests.seconds(stream) == [1, 1, 1, 2, 2, 2])
    #expect((0..<6).map { Array(stream.parents(of: $0)) } == [[], [0], [1], [], [3], [4]])
    #expect(stream.thinks.map(\.seconds.value) == [0, 2, 2, 0, 2, 2])
    #expect(stream.sessions == [0, 0, 0, 1, 1, 1])
    // Texts of 47, 62 and 77 tokens: 2, 3 and 4 whole blocks, of which all share the first two.
    let blocks = (0..<6).map { Array(stream.blocks(of: $0)) }
    #expect(blocks.map(\.count) == [2, 3, 4, 2, 3, 4])
    #expect(blocks[1].starts(with: blocks[0]) && blocks[2].starts(with: blocks[1]))
    #expect(blocks[3] == blocks[0])
    #expect(Set(blocks[2]).intersection(blocks[5]) == Set(blocks[0]))
    // Of the prompts alone 42 / 16, 57 / 16 and 72 / 16.
    #expect((0..<3).map { stream.promptBlocks(of: $0).count } == [2, 3, 4])
  }

  @Test("Equal seeds draw equal sessions; another rate leaves all but arrivals as they are")
  func draws() throws {
    func drawn(rate: Double = 1, seed: UInt64 = 1) throws -> RequestStream {
      try Self.draw(
        {
          $0.count = 2000
          $0.turns = .uniform(1...5)
          $0.prompts = .logNormal(median: 30, spread: 1, within: 1...500)
          $0.think = .exponential(mean: Seconds(4))
        }, rate: rate, seed: seed)
    }
    let (first, faster) = (try drawn(), try drawn(rate: 2))
    #expect(try first == drawn())
    #expect(try first.prompts != drawn(seed: 2).prompts)
    #expect(first.prompts == faster.prompts && first.thinks == faster.thinks)
    #expect(first.blocks == faster.blocks && first.arrivals != faster.arrivals)
    #expect(abs((first.rate?.value ?? 0) - 1) < 1e-9)
    // 3 turns on average; 4 s of thought before each but the first.
    #expect(abs(Double(first.count) / 2000 - 3) < 0.2)
    let thoughts = first.thinks.filter { $0 > .zero }.map(\.seconds.value)
    #expect(abs(thoughts.reduce(0, +) / Double(thoughts.count) - 4) < 0.3)
  }

  struct Broken: Sendable {
    var key: String
    var change: @Sendable (inout DrawnSessions) -> Void
  }

  static let broken = [
    Broken(key: "sessions") { $0.count = 0 },
    Broken(key: "turns") { $0.turns = .fixed(100_001) },
    Broken(key: "turns") { $0.turns = .fixed(0) },
    Broken(key: "turns") { $0.prompts = .fixed(RequestStream.longest) },
    Broken(key: "prompt") { $0.prompts = .uniform(0...3) },
    Broken(key: "output") { $0.outputs = .fixed(-1) },
    Broken(key: "shared") { $0.shared = -1 },
    Broken(key: "think") { $0.think = .fixed(Seconds(1e9)) },
    Broken(key: "think") { $0.think = .exponential(mean: Seconds(.nan)) },
    Broken(key: "sessions") {
      $0.count = 10_000
      $0.prompts = .fixed(100_000)
    },
  ]

  @Test("What cannot be drawn is refused under its key", arguments: broken.indices)
  func faults(_ place: Int) throws {
    let broken = Self.broken[place]
    do throws(Faults) {
      _ = try Self.draw(broken.change)
      Issue.record("\(broken.key) is no fault")
    } catch {
      #expect(error.faults.map(\.problem.key) == [broken.key])
    }
  }

  @Test("Logs without outputs' blocks among some with them lose their partial blocks alone")
  func mixedBlocks() throws {
    var log = RequestStream()
    log.arrivals = [Instant(picoseconds: 5)]
    (log.prompts, log.outputs) = ([40], [30])
    (log.blockTokens, log.blocks, log.blockStarts) = (16, [7, 8, 9], [0, 3])
    let merged = try RequestStream.merged([log, try Self.draw()])
    #expect(merged.blocksGoOn && merged.blocks(of: 0).count == 2)
    #expect((1...6).map { merged.blocks(of: $0).count } == [2, 3, 4, 2, 3, 4])
  }
}
