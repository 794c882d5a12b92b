import Quantities
import Testing
import Workloads

@Suite struct PriorityColumnTests {
  @Test func prioritiesStayWithTheirRequests() throws {
    var log = StreamTests.log()
    log.priorities = [4, -1, 7]
    #expect(log.prefix(2).priorities == [4, -1])
    #expect(try log.scaled(to: PerSecond(2)).priorities == [4, -1, 7])
    // The third request comes with its parent, the first.
    #expect(try log.redrawn(.constant(rate: PerSecond(10)), seed: 1).priorities == [4, 7, -1])
    #expect(try log.starting().priorities == [4, -1, 7])
  }

  @Test func aStreamWithoutHasZeroBesideOneWith() throws {
    var log = StreamTests.log()
    log.priorities = [4, -1, 7]
    let other = try StreamTests.log().starting(at: Instant(picoseconds: 1_500_000_000_000))
    #expect(try RequestStream.merged([log, other]).priorities == [4, 0, -1, 0, 7, 0])
    #expect(try RequestStream.merged([other, other]).priorities.isEmpty)
  }
}
