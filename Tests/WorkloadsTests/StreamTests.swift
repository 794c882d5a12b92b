import Diagnostics
import Quantities
import Testing
import Workloads

@Suite struct StreamTests {
  /// Three requests at 1, 2 and 5 s, of 512-token blocks.
  static func log() -> RequestStream {
    var stream = RequestStream()
    stream.arrivals = [1, 2, 5].map { Instant(picoseconds: $0 * 1_000_000_000_000) }
    stream.prompts = [600, 100, 1100]
    stream.outputs = [5, 6, 7]
    stream.blockTokens = 512
    stream.blocks = [3, 4, 3, 3, 4, 9]
    stream.blockStarts = [0, 2, 3, 6]
    stream.sessions = [8, 9, 8]
    stream.parents = [0]
    stream.parentStarts = [0, 0, 0, 1]
    return stream
  }

  /// The same without parents.
  static func alone() -> RequestStream {
    var stream = log()
    (stream.parents, stream.parentStarts) = ([], [])
    return stream
  }

  static func seconds(_ stream: RequestStream) -> [Double] {
    stream.arrivals.map { Double($0.picoseconds) * 1e-12 }
  }

  @Test func ratesOfALog() {
    let log = Self.alone()
    #expect(log.duration.value == 4 && log.rate?.value == 0.5)
    // Gaps of 1 and 3 s: a deviation of 1 over a mean of 2.
    #expect(log.burstiness == 0.5)
    #expect(RequestStream().rate == nil && log.prefix(1).rate == nil)
  }

  @Test func scalingKeepsTheGapsInProportion() throws {
    let faster = try Self.alone().scaled(to: PerSecond(2))
    #expect(Self.seconds(faster) == [0.25, 0.5, 1.25])
    #expect(faster.rate?.value == 2 && faster.burstiness == 0.5)
    #expect(faster.blocks == Self.log().blocks && faster.prompts == Self.log().prompts)
    #expect(throws: Faults.self) { try Self.log().scaled(to: PerSecond(0)) }
    #expect(throws: Faults.self) { try Self.log().scaled(to: PerSecond(.nan)) }
    #expect(throws: Faults.self) { try Self.log().scaled(to: PerSecond(1e-7)) }
    #expect(throws: Faults.self) { try Self.log().prefix(1).scaled(to: PerSecond(1)) }
  }

  @Test func redrawingKeepsTheOrder() throws {
    let redrawn = try Self.alone().redrawn(.constant(rate: PerSecond(10)), seed: 1)
    #expect(Self.seconds(redrawn) == [0.1, 0.2, 0.3].map { ($0 * 1e12).rounded() * 1e-12 })
    #expect(redrawn.blocks == Self.log().blocks && redrawn.outputs == Self.log().outputs)
  }

  @Test("A request with parents follows them: rates are of the others, and so are new arrivals")
  func graphs() throws {
    var log = Self.log()
    log.thinks = [.zero, .zero, Span(picoseconds: 7)]
    log.priorities = [3, 1, 2]
    #expect(log.rate?.value == 1 && log.duration.value == 4)
    let redrawn = try log.redrawn(.constant(rate: PerSecond(10)), seed: 1)
    // The third follows the first, and comes before the second.
    #expect(Self.seconds(redrawn) == [0.1, 0.1, 0.2].map { ($0 * 1e12).rounded() * 1e-12 })
    #expect(redrawn.prompts == [600, 1100, 100] && redrawn.priorities == [3, 2, 1])
    #expect((0..<3).map { Array(redrawn.parents(of: $0)) } == [[], [0], []])
    #expect(redrawn.thinks.map(\.picoseconds) == [0, 7, 0])
    #expect(redrawn.sessions == [0, 0, 1])
    // Equal blocks stay equal: the first block of the first and the second and their third.
    let blocks = (0..<3).map { Array(redrawn.blocks(of: $0)) }
    #expect(blocks[0][0] == blocks[1][0] && blocks[2] == [blocks[0][0]])
    let two = log.prefix(2)
    #expect(two.thinks.count == 2 && two.priorities == [3, 1])
    let both = try RequestStream.merged([Self.alone(), log])
    #expect(both.priorities == [0, 3, 0, 1, 0, 2] && both.thinks[5].picoseconds == 7)
  }

  @Test func theFirstOfALog() {
    let two = Self.log().prefix(2)
    #expect(two.prompts == [600, 100] && two.outputs == [5, 6] && two.count == 2)
    #expect(two.blocks == [3, 4, 3] && two.blockStarts == [0, 2, 3])
    #expect(two.sessions == [8, 9] && two.parents.isEmpty && two.parentStarts == [0, 0, 0])
    #expect(Self.log().prefix(9) == Self.log() && Self.log().prefix(-1).count == 0)
  }

  @Test func shifting() throws {
    #expect(Self.seconds(try Self.log().starting()) == [0, 1, 4])
    let late = try Self.log().starting(at: Instant(picoseconds: 10_000_000_000_000))
    #expect(Self.seconds(late) == [10, 11, 14])
    #expect(throws: Faults.self) {
      try Self.log().starting(at: Instant(picoseconds: RequestStream.latest.picoseconds))
    }
    #expect(throws: Faults.self) {
      try Self.log().starting(at: Instant(picoseconds: -1))
    }
  }

  /// Two copies, the second half a second later: identities and sessions of one mean nothing to the
  /// other.
  @Test func merging() throws {
    let log = Self.log()
    let merged = try RequestStream.merged([
      log, try log.starting(at: Instant(picoseconds: 1_500_000_000_000)),
    ])
    #expect(Self.seconds(merged) == [1, 1.5, 2, 2.5, 5, 5.5])
    #expect(merged.prompts == [600, 600, 100, 100, 1100, 1100])
    #expect(
      (0..<6).map { Array(merged.blocks(of: $0)) }
        == [[0, 1], [2, 3], [0], [2], [0, 1, 4], [2, 3, 5]])
    #expect(merged.sessions == [0, 1, 2, 3, 0, 1])
    #expect((0..<6).map { Array(merged.parents(of: $0)) } == [[], [], [], [], [0], [1]])
    #expect(try RequestStream.merged([log]).arrivals == log.arrivals)
    #expect(try RequestStream.merged([]).count == 0)
    var other = log
    other.blockTokens = 16
    #expect(throws: Faults.self) { try RequestStream.merged([log, other]) }
  }
}
