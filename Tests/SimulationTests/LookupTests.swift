import Models
import Policies
import Programs
import Quantities
import Simulation
import Testing

/// Tables that are read by address, by hand.
@Suite struct LookupTableTests {
  static func table(_ rows: Int, tier: String? = nil) -> LookupTable {
    LookupTable(
      name: "memory", layers: [.places(1...1)], rows: rows, row: Bytes(160), table: Bytes(160e6),
      tier: tier)
  }

  @Test func rowsBesideTheProcessor() throws {
    var sample = DepthSample()
    sample.batch = 2
    var table = Self.table(16)
    // So large that no row comes twice.
    table.table = Bytes(60e9)
    sample.lookups = [table]
    let read = try #require(try sample.operation("lookup.memory"))
    let bytes = try #require(read.traffic.first).bytes.base
    #expect(isNear(bytes, 5120, within: 1e-6))
    #expect(read.kind == .lookup)
    #expect(read.site == .lookup)
    let found = try sample.metrics()
    let each = try #require(found["lookup.bytes_per_token"])
    #expect(isNear(each, 2560, within: 1e-6))
    #expect(found["lookup.memory.time"] != nil)
    let items = try sample.simulator().preparation.memory.items
    let tables = try #require(items.first { $0.what == "lookup tables" })
    #expect(tables.bytes.value == 60e9)
  }

  /// A far table comes before its layer needs it: from the end of the step before on.
  @Test func farRowsComeAhead() throws {
    var sample = DepthSample()
    sample.lookups = [Self.table(16, tier: "ddr")]
    let late = try #require(try sample.metrics()["tpot"])
    sample.lookups[0].prefetchLayers = 3
    let fetch = try #require(try sample.operation("lookup.memory.fetch"))
    #expect(fetch.kind == .gather)
    #expect(fetch.after.map(\.blocksBack) == [2])
    let ahead = try #require(try sample.metrics()["tpot"])
    #expect(ahead < late)
    sample.lookups[0].hot = 1
    let none = try sample.operation("lookup.memory.fetch")
    #expect(none == nil)
    let items = try sample.simulator().preparation.memory.items
    let popular = try #require(items.first { $0.what == "popular rows" })
    #expect(popular.bytes.value == 160e6)
    let tables = try #require(items.first { $0.what == "lookup tables" })
    #expect(tables.tier == "ddr")
  }

  @Test func theHostCollectsWhatACopyBrings() throws {
    var sample = DepthSample()
    var table = Self.table(16, tier: "ddr")
    table.transfer = .copyEngine
    sample.lookups = [table]
    let copy = try #require(try sample.operation("lookup.memory.fetch"))
    #expect(copy.kind == .copy)
    #expect(copy.pieces.base == 1)
    #expect(copy.after.map(\.operation).contains("lookup.memory.collect"))
  }

  @Test func bothEnginesAgree() throws {
    for tier in [nil, "ddr", "flash"] {
      for ahead in [0, 1] {
        var sample = DepthSample()
        var table = Self.table(64, tier: tier)
        table.prefetchLayers = tier == nil ? 0 : ahead
        sample.lookups = [table]
        let analytic = try #require(try sample.metrics(.analytic)["tpot"])
        let played = try #require(try sample.metrics(.playback)["tpot"])
        #expect(isNear(analytic, played, within: 0.02), "\(tier ?? "near") \(ahead)")
      }
    }
  }

  /// Two rows, the first twice as popular as the second: n draws meet 2 - (1/3)^n - (2/3)^n of them.
  @Test(arguments: [1.0, 2, 5, 40]) func distinctRowsOfTwo(_ draws: Double) {
    let law = RowPopularity(rows: 2, exponent: 1)
    var (third, rest) = (1.0, 1.0)
    for _ in 0..<Int(draws) {
      third /= 3
      rest *= 2.0 / 3
    }
    let met = 2 - third - rest
    #expect(isNear(law.distinct(of: draws), met))
  }

  /// The integral over ranks against the sum over each of them.
  @Test(arguments: [(100_000.0, 1.0), (1_000_000, 0.5), (50_000, 0)])
  func distinctRowsOfMany(rows: Double, exponent: Double) {
    let law = RowPopularity(rows: rows, exponent: exponent)
    var total = 0.0
    for rank in 1...Int(rows) { total += Elementary.power(Double(rank), -exponent) }
    var met = 0.0
    for rank in 1...Int(rows) {
      let chance = Elementary.power(Double(rank), -exponent) / total
      met += 1 - Elementary.power(1 - chance, 8192)
    }
    #expect(isNear(law.distinct(of: 8192), met, within: 1e-3))
    var tenth = 0.0
    for rank in 1...Int(rows / 10) { tenth += Elementary.power(Double(rank), -exponent) }
    let share = tenth / total
    #expect(isNear(law.drawn(ofMostPopular: 0.1), share, within: 1e-3))
    #expect(law.distinct(of: 8192, beyond: 0.1) < law.distinct(of: 8192))
    #expect(law.distinct(of: 8192, beyond: 1) == 0)
  }

  /// 32 tokens use 0.3086 of the experts, one 0.125; eight use what the law between them says.
  @Test func unionsOfNeighbours() throws {
    let union = ExpertUnion(tokens: 32, density: 0.3086)
    #expect(union.share(of: 32, each: 0.125) == 0.3086)
    #expect(union.share(of: 1, each: 0.125) == 0.125)
    let eight = union.share(of: 8, each: 0.125)
    #expect(eight > 0.125)
    #expect(eight < 0.3086)
    // ln(1 - 0.3086) / ln(1 - 0.125) = 2.7635 = 32^0.2933, and 8^0.2933 = 1.8402.
    #expect(isNear(eight, 0.2179, within: 1e-3))
    var sample = DepthSample()
    sample.experts = ExpertsPolicy()
    sample.experts?.union = ExpertUnion(tokens: 4, density: 0.25)
    sample.depth.draft = .init(tokens: 4, accepted: 2)
    let columns = try sample.simulator().preparation.program.columns
    let active = try #require(columns.first { $0.name == "experts.active" })
    #expect(active.range == 4...4)
  }
}
