import Policies
import Testing

/// Pairs of one head, counted by hand: prompts of 8 blocks of 64 tokens, 36 causal tiles.
@Suite struct SelectedPairsTests {
  static let tile = 64.0 * 64

  static func count(
    _ form: PromptSelection.Form, new: Int = 512, before: Int = 0, packed: Int = 1
  ) -> SelectedPairs {
    PairCount(new: new, before: before, packed: packed).pairs(form)
  }

  @Test func blocksOfADensity() {
    let half = Self.count(.blocks(queries: 64, keys: 64, .density(0.5)))
    #expect(half.causal == 36 * Self.tile)
    #expect(half.executed == 18 * Self.tile)
    #expect(half.density == 0.5)
    // The eight tiles of the diagonal are computed in any case.
    let none = Self.count(.blocks(queries: 64, keys: 64, .density(0)))
    #expect(none.executed == 8 * Self.tile)
    #expect(Self.count(.blocks(queries: 64, keys: 64, .density(1))).executed == half.causal)
  }

  @Test func blocksOfABudget() {
    // Two tiles a block of queries: 1 + 7 x 2.
    let two = Self.count(.blocks(queries: 64, keys: 64, .keys(TokenAmount(keep: 128))))
    #expect(two.executed == 15 * Self.tile)
    // 65 tokens lie in two tiles.
    let odd = Self.count(.blocks(queries: 64, keys: 64, .keys(TokenAmount(keep: 65))))
    #expect(odd.executed == 15 * Self.tile)
    // Half of what each sees, but the diagonal: 1 + 1 + 1.5 + 2 + 2.5 + 3 + 3.5 + 4.
    let half = Self.count(.blocks(queries: 64, keys: 64, .keys(TokenAmount(share: 0.5))))
    #expect(half.executed == 18.5 * Self.tile)
    // After 512 cached tokens every block sees 8 tiles more: 2 each.
    let after = Self.count(
      .blocks(queries: 64, keys: 64, .keys(TokenAmount(keep: 128))), before: 512)
    #expect(after.executed == 16 * Self.tile)
    #expect(after.causal == (36 + 64) * Self.tile)
  }

  @Test func windowsInTiles() {
    // A sink's tile, two of the last tokens and one because a window moves within a tile.
    let window = Self.count(.window(sink: 64, recent: 128, block: 64))
    #expect(window.executed == (1 + 2 + 3 + 5 * 4) * Self.tile)
    let none = Self.count(.window(sink: 0, recent: 0, block: 64))
    #expect(none.executed == 8 * Self.tile)
  }

  @Test func gatheredTokens() {
    // 100 keys a block of 64 queries, its own 64 among them.
    let tokens = Self.count(.tokens(queries: 64, .keys(TokenAmount(keep: 100))))
    #expect(tokens.executed == (64 + 7 * 100) * 64)
    #expect(tokens.gathered == 7 * 36)
    #expect(abs(tokens.gatheredShare - 252.0 / 764) < 1e-12)
    #expect(tokens.causal == 36 * Self.tile)
  }

  @Test func rowsOfSmallTilesAreFilledUp() {
    // One query a tile: 16 rows of which one is used; with four heads, four.
    let alone = Self.count(.tokens(queries: 1, .keys(TokenAmount(keep: 4))), new: 10)
    #expect(alone.executed == (1 + 2 + 3 + 7 * 4) * 16)
    let packed = Self.count(.tokens(queries: 1, .keys(TokenAmount(keep: 4))), new: 10, packed: 4)
    #expect(packed.executed == (1 + 2 + 3 + 7 * 4) * 4)
    let full = Self.count(.tokens(queries: 1, .keys(TokenAmount(keep: 4))), new: 10, packed: 32)
    #expect(full.executed == 1 + 2 + 3 + 7 * 4)
  }

  @Test func columnsBesideTheDiagonal() {
    // 100 columns lie evenly: a block that sees v of 8 tiles sees 12.5 v of them, of which those on
    // its own tile are no more work: 12.5 (v - 1).
    let stripe = PromptSelection.Stripes(verticals: 100, slashes: 0, heads: 1)
    let columns = Self.count(.stripes([stripe], block: 64, run: 64))
    #expect(abs(columns.gathered - 12.5 * 28) < 1e-9)
    #expect(abs(columns.executed - (8 * 64 + 12.5 * 28) * 64) < 1e-6)
    #expect(abs(columns.gatheredShare - 350.0 / 862) < 1e-12)
  }

  @Test func diagonalsInRuns() {
    func executed(_ slashes: Int, run: Int) -> Double {
      let stripe = PromptSelection.Stripes(verticals: 0, slashes: slashes, heads: 1)
      return Self.count(.stripes([stripe], block: 64, run: run)).executed / Self.tile
    }
    // A run of 64 neighbours is two tiles wide; a lone diagonal one.
    #expect(executed(64, run: 64) == 15)
    #expect(executed(1, run: 1) == 8)
    // Two runs of v tiles leave v (1 - 2/v)^2: 1 + 2 + the rest 4 - 4/v.
    let two = 3 + (3...8).reduce(0) { $0 + 4 - 4 / Double($1) }
    #expect(abs(executed(128, run: 64) - two) < 1e-9)
    // Neighbours in one run take less than the same diagonals apart.
    #expect(executed(128, run: 128) < executed(128, run: 1))
  }

  @Test func headsOfAListAreMeans() {
    let few = PromptSelection.Stripes(verticals: 30, slashes: 80, heads: 3)
    let many = PromptSelection.Stripes(verticals: 200, slashes: 300, heads: 1)
    func executed(_ stripes: [PromptSelection.Stripes]) -> Double {
      Self.count(.stripes(stripes, block: 64, run: 64), new: 8192).executed
    }
    let mean = (3 * executed([few]) + executed([many])) / 4
    #expect(abs(executed([few, many]) / mean - 1) < 1e-12)
  }

  /// The closed sums against a walk over the blocks.
  @Test func sumsOverAllBlocks() {
    for (new, before, queries, keys) in [
      (1000, 0, 64, 64), (4096, 512, 128, 32), (777, 100, 16, 64), (5, 0, 64, 64),
    ] {
      for amount in [
        TokenAmount(keep: 256), TokenAmount(sink: 64, share: 0.3), TokenAmount(share: 0.1),
        TokenAmount(every: 8), .all, TokenAmount(),
      ] {
        let blocks = (new + queries - 1) / queries
        let step = Double(queries) / Double(keys)
        var tiles = 0.0
        for block in 1...blocks {
          let seen = Double(before) / Double(keys) + Double(block) * step
          let budget = (amount.fixed / Double(keys)).rounded(.up) + amount.slope * seen
          tiles += min(seen, max(max(1, step), budget))
        }
        let found = Self.count(
          .blocks(queries: queries, keys: keys, .keys(amount)), new: new, before: before)
        let wanted = tiles * Double(keys * max(queries, 16))
        #expect(abs(found.executed / wanted - 1) < 1e-9, "\(new) \(before) \(amount)")
      }
    }
  }

  @Test func lessIsNeverMore() {
    let steps = stride(from: 0.0, through: 1, by: 0.05)
    let forms: [(Double) -> PromptSelection.Form] = [
      { .blocks(queries: 128, keys: 64, .density($0)) },
      { .blocks(queries: 128, keys: 64, .keys(TokenAmount(sink: 64, share: $0))) },
      { .tokens(queries: 64, .keys(TokenAmount(keep: Int(4000 * $0)))) },
      { .window(sink: Int(500 * $0), recent: Int(3000 * $0), block: 128) },
      {
        let stripe = PromptSelection.Stripes(
          verticals: Int(3000 * $0), slashes: Int(6000 * $0), heads: 1)
        return .stripes([stripe], block: 64, run: 64)
      },
    ]
    for form in forms {
      let counts = steps.map { Self.count(form($0), new: 8192, before: 1000).executed }
      #expect(zip(counts, counts.dropFirst()).allSatisfy { $0 <= $1 * (1 + 1e-12) })
      #expect(counts.allSatisfy { $0 > 0 })
    }
  }
}
