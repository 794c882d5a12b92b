import Policies
import Testing
import Traces

@testable import Simulation

/// Heads that stop at a share of their recorded mass.
@Suite struct PagePicksTests {
  /// Two steps of one layer with two heads, three pages each: 0.5, 0.3, 0.1 of the first head's mass
  /// and 0.9, 0.05, 0.05 of the second's.
  static func trace() throws -> PageTrace {
    var about = TraceHeader(model: "hand", source: "test", domain: "none", licence: "none")
    about.pages = .init(pageTokens: 16, firstPosition: 128, layers: [0])
    let ids: [UInt16] = [0, 1, 2, 3, 4, 5, 1, 0, 2, 5, 4, 3]
    let masses: [Float] = [0.5, 0.3, 0.1, 0.9, 0.05, 0.05, 0.5, 0.3, 0.1, 0.9, 0.05, 0.05]
    let shape = [2, 1, 2, 3]
    return try #require(
      try Trace(
        header: about,
        columns: [
          Column(ColumnName.pages.rawValue, .u16, shape: shape, copying: ids),
          Column(ColumnName.pageMass.rawValue, .f32, shape: shape, copying: masses),
        ]
      ).pages)
  }

  @Test(arguments: [
    (nil, 3, [6, 6], 0.95), (0.85, 3, [4, 4], 0.9), (0.8, 3, [3, 3], 0.85), (0.4, 3, [2, 2], 0.7),
    (0.95, 2, [4, 4], 0.875),
  ])
  func headsStopAtTheirMass(_ mass: Double?, _ most: Int, _ pages: [Int32], _ coverage: Double)
    throws
  {
    let walk = PageResolve(
      try Self.trace(), policy: CachePolicy(), picks: PagePicks(most: most, mass: mass),
      capacity: 0, steps: 0..<2)
    #expect(walk.selected.counts == pages)
    #expect(abs((walk.coverage ?? 0) - coverage) < 1e-6)
  }

  /// A cache of what is read serves the second step, which reads the same pages in another order;
  /// for heads that stop early it is read off the walk over all budgets alike.
  @Test func budgetsAreReadOffOneWalk() throws {
    var policy = CachePolicy()
    policy.resident = Residency(tier: "hbm", budget: .entries(2), replace: .lru, scope: .perHead)
    let picks = PagePicks(most: 3, mass: 0.8)
    let trace = try Self.trace()
    let walked = PageResolve(trace, policy: policy, picks: picks, capacity: 2, steps: 0..<2)
    let memo = WalkMemo().pages(trace, policy: policy, picks: picks, capacity: 2, steps: 0..<2)
    #expect(walked.missed.counts == [3, 1])
    #expect(memo.missed.counts == walked.missed.counts)
    #expect(memo.selected.counts == walked.selected.counts)
  }
}
