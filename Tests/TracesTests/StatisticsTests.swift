import NumericalMethods
import Testing

@testable import Traces

/// A page trace of one layer and head from rows of page ids.
func pageTrace(_ rows: [[UInt16]], context: Int = 64) throws -> Trace {
  try Trace(
    header: TraceHeader(
      model: "m", source: "s", domain: "d", licence: "l",
      pages: .init(pageTokens: 1, firstPosition: context - 1, layers: [7])),
    columns: [
      Column(
        "pages", .u16, shape: [rows.count, 1, 1, rows[0].count], copying: rows.flatMap { $0 })
    ])
}

@Suite struct StatisticsTests {
  /// Distances by hand: a b c a (2 others) b (2) b (0) c (2) d a (3: c, b, d).
  @Test func distancesByHand() {
    let stack = StackDistance(universe: 4)
    #expect([0, 1, 2, 0, 1, 1, 2, 3, 0].map(stack.touch) == [-1, -1, -1, 2, 2, 0, 2, -1, 3])
  }

  /// Against a list searched from the front, over many compactions.
  @Test(arguments: [1, 7, 300, 5000])
  func distancesEqualTheListOfMattson(universe: Int) {
    let stack = StackDistance(universe: universe)
    var list: [Int] = []
    var draws = KeyedStream(seed: 3, purpose: "test", entity: UInt64(universe))
    for _ in 0..<20_000 {
      let span = draws.below(3) == 0 ? universe : min(universe, 16)
      let entry = draws.below(span)
      let place = list.firstIndex(of: entry)
      #expect(stack.touch(entry) == place ?? -1)
      if let place { list.remove(at: place) }
      list.insert(entry, at: 0)
    }
  }

  /// Every cache size against a cache that is simulated.
  @Test func curveEqualsSimulatedCaches() {
    var draws = KeyedStream(seed: 5, purpose: "curve")
    let touches = (0..<4000).map { _ in min(draws.below(40), draws.below(40)) }
    let curve = MissRatioCurve.of(touches, universe: 40)
    for entries in 0...41 {
      var cache: [Int] = []
      var misses = 0
      for entry in touches {
        if let place = cache.firstIndex(of: entry) { cache.remove(at: place) } else { misses += 1 }
        cache.insert(entry, at: 0)
        if cache.count > entries { cache.removeLast() }
      }
      #expect(curve.misses(entries: entries) == misses)
    }
    #expect(curve.coldMisses == 40)
    let two = MissRatioCurve.sum([curve, curve])
    #expect(two.accesses == 8000 && two.misses(entries: 10) == 2 * curve.misses(entries: 10))
  }

  /// Steps {0,1} {1,2} {0,2} {3,0}; windows up to 2, counted from step 2 on.
  @Test func newEntriesByHand() throws {
    let trace = try #require(try pageTrace([[0, 1], [1, 2], [0, 2], [3, 0]]).pages)
    let head = trace.headStatistics(windows: 2)[0]
    // Step 2: 0 is new to one step, not to two; 2 is not new. Step 3: 3 is new, 0 is not.
    #expect(head.newEntries == [2, 1, 0.5])
    #expect(head.workingSet(window: 2) == 3)
    #expect(head.touchesPerStep == 2 && head.layerNumber == 7)
    #expect(head.popularity.counts.prefix(4) == [3, 2, 2, 1])
    #expect(head.popularity.topShare(1.0 / 67) == 0.375)
  }

  @Test func popularityByHand() {
    #expect(Popularity(counts: [5, 5, 5, 5]).gini == 0)
    #expect(Popularity(counts: [20, 0, 0, 0]).gini == 0.75)
    #expect(Popularity(counts: [1, 6, 3, 0]).topShare(0.375) == 0.75)
  }

  @Test func viewsReadTheirColumns() throws {
    let pages = try #require(try pageTrace([[4, 9, .max]]).pages)
    #expect(Array(pages.pages(step: 0, layer: 0, head: 0)) == [4, 9, EntryRow.absent])
    #expect(pages.context(step: 0) == 64 && pages.pageCount(step: 0) == 64)
    let neurons = try #require(
      try Trace(
        header: TraceHeader(
          model: "m", source: "s", domain: "d", licence: "l",
          neurons: .init(firstPosition: 0, layers: [0])),
        columns: [
          Column("neurons", .bits, shape: [2, 1, 70], copying: [UInt64(5), 1 << 5, 0, 0])
        ]
      ).neurons)
    var active: [Int] = []
    neurons.forEachActive(token: 0, layer: 0) { active.append($0) }
    #expect(active == [0, 2, 69])
    #expect(
      neurons.activeCount(token: 0, layer: 0) == 3 && !neurons.isActive(1, token: 0, layer: 0))
    let experts = try #require(
      try Trace(
        header: TraceHeader(
          model: "m", source: "s", domain: "d", licence: "l",
          experts: .init(expertCount: 8, layers: [3])),
        columns: [
          Column("experts", .u8, shape: [3, 1, 2], copying: [1, 2, 255, 255, 7, 0] as [UInt8]),
          Column(
            "expert_weights", .f16, shape: [3, 1, 2], copying: [Float16](repeating: 0.5, count: 6)),
          Column("step_start", .u32, shape: [3], copying: [0, 2, 3] as [UInt32]),
        ]
      ).experts)
    #expect(experts.steps == 2 && experts.tokens(step: 0) == 0..<2)
    #expect(Array(experts.experts(token: 1, layer: 0)) == [-1, -1])
    #expect(Array(experts.experts(token: 2, layer: 0)) == [7, 0])
    #expect(experts.weights(token: 2, layer: 0)[1] == 0.5)
  }
}
