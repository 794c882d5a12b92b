import Quantities

/// What one head computes of the attention of a segment, in whole tiles.
public struct SelectedPairs: Sendable, Hashable {
  /// Query-key pairs of the tiles that are computed.
  public var executed: Double
  /// Pairs of all tiles that the causal mask touches.
  public var causal: Double
  /// Rows of a tile, and its keys.
  public var tileRows: Double
  public var tileKeys: Double
  /// Single keys that are gathered, with their values, summed over the blocks of queries.
  public var gathered: Double

  /// Share of the causal tiles that are computed.
  public var density: Double { causal > 0 ? min(1, executed / causal) : 1 }

  /// Share of the computed pairs whose keys are gathered one by one.
  public var gatheredShare: Double {
    executed > 0 ? min(1, gathered * tileRows / executed) : 0
  }
}

/// Counts the pairs of a selection for one head.
///
/// Block j of the queries sees `v = (before + j × queries) / keys` tiles, j from 1; the sums over all
/// blocks are closed forms where no tile is partly visible, and there count it by its share.
public struct PairCount: Sendable {
  /// Tokens of the segment, and those before it.
  let new: Int
  let before: Int
  /// Query heads whose rows share a tile.
  let packed: Int

  public init(new: Int, before: Int, packed: Int = 1) {
    self.new = new
    self.before = before
    self.packed = packed
  }

  /// Rows of the smallest matrix instruction: tiles of fewer are filled up.
  static let leastRows = 16.0

  public func pairs(_ form: PromptSelection.Form) -> SelectedPairs {
    switch form {
    case .blocks(let queries, let keys, let kept):
      return steps(queries, keys).counted(kept, keys: Double(keys), gathers: false)
    case .tokens(let queries, let kept):
      return steps(queries, 1).counted(kept, keys: 1, gathers: true)
    case .window(let sink, let recent, let block):
      let side = Double(block)
      let tiles = (Double(sink) / side).rounded(.up) + (Double(recent) / side).rounded(.up)
      return steps(block, block).counted(
        .keys(TokenAmount(keep: 0)), keys: side, gathers: false, least: tiles + 1)
    case .stripes(let stripes, let block, let run):
      return striped(stripes, block: block, run: run)
    }
  }

  /// A causal walk over blocks of queries.
  private func steps(_ queries: Int, _ keys: Int) -> CausalSteps {
    let count = (new + queries - 1) / queries
    let step = Double(queries) / Double(keys)
    let rows = Double(queries * packed)
    return CausalSteps(
      count: count, first: Double(before) / Double(keys) + step, step: step,
      diagonal: max(1, step), rows: max(rows, Self.leastRows), heads: Double(packed))
  }

  /// Tiles begin where a run of diagonals begins, so one of r neighbours takes
  /// `ceil((r - 1) / block) + 1` of them. Runs lie anywhere: of v tiles, k runs of w leave
  /// `v (1 - w / v)^k` in the mean. Columns lie evenly over the keys, and those under a computed tile
  /// are no more work.
  private func striped(
    _ stripes: [PromptSelection.Stripes], block: Int, run: Int
  ) -> SelectedPairs {
    let steps = steps(block, block)
    let side = Double(block)
    let all = Double(stripes.reduce(0) { $0 + $1.heads })
    let total = Double(before + new)
    var executed = 0.0
    var gathered = 0.0
    for stripe in stripes where stripe.heads > 0 {
      let runs = (Double(stripe.slashes) / Double(run)).rounded(.up)
      let length = runs > 0 ? Double(stripe.slashes) / runs : 0
      let wide = length > 0 ? ((length - 1) / side).rounded(.up) + 1 : 0
      let share = Double(stripe.heads) / all
      steps.forEachSample { seen, weight in
        let missed = wide >= seen ? 0 : Elementary.power(1 - wide / seen, runs)
        let tiles = max(min(seen, steps.diagonal), seen * (1 - missed))
        let columns = Double(stripe.verticals) * min(1, seen * side / total)
        let alone = min(columns * (1 - tiles / seen), (seen - tiles) * side)
        executed += share * weight * (tiles * side + alone)
        gathered += share * weight * alone
      }
    }
    return steps.pairs(executed: executed, keys: side, gathered: gathered)
  }
}

/// The blocks of queries of a causal pass, each with the tiles of keys that it sees.
struct CausalSteps {
  var count: Int
  /// Tiles that the first block sees, and how many more each next one.
  var first: Double
  var step: Double
  /// Tiles of the diagonal.
  var diagonal: Double
  /// Rows of a tile, and heads that are in it.
  var rows: Double
  var heads: Double

  /// Tiles that all blocks see together.
  var total: Double {
    let n = Double(count)
    return n * first + step * n * (n - 1) / 2
  }

  func counted(
    _ kept: PromptSelection.Kept, keys: Double, gathers: Bool, least: Double = 0
  ) -> SelectedPairs {
    let tiles: Double
    switch kept {
    case .density(let share): tiles = min(total, max(share * total, Double(count) * diagonal))
    case .keys(let amount):
      tiles = clampedSum(
        least: max(least, diagonal), fixed: (amount.fixed / keys).rounded(.up),
        slope: min(1, amount.slope))
    }
    let own = Double(count) * min(diagonal, first)
    return pairs(
      executed: tiles * keys, keys: keys, gathered: gathers ? max(0, tiles - own) * keys : 0)
  }

  /// From keys summed over the blocks to pairs a head.
  func pairs(executed: Double, keys: Double, gathered: Double) -> SelectedPairs {
    SelectedPairs(
      executed: executed * rows / heads, causal: total * keys * rows / heads, tileRows: rows,
      tileKeys: keys, gathered: gathered / heads)
  }

  /// The sum over all blocks of `min(v, max(least, fixed + slope v))`.
  private func clampedSum(least: Double, fixed: Double, slope: Double) -> Double {
    guard slope < 1 else { return total }
    let all = max(least, fixed / (1 - slope))
    let seenWhole = places(upTo: all)
    let flat = slope > 0 ? max(seenWhole, places(upTo: (least - fixed) / slope)) : seenWhole
    let level = slope > 0 ? least : max(least, fixed)
    var sum = sumOfSeen(0, seenWhole) + Double(flat - seenWhole) * level
    if slope > 0 {
      sum += fixed * Double(count - flat) + slope * sumOfSeen(flat, count)
    } else {
      sum += level * Double(count - flat)
    }
    return sum
  }

  /// Blocks that see at most so many tiles.
  private func places(upTo seen: Double) -> Int {
    guard seen >= first else { return 0 }
    let places = ((seen - first) / step).rounded(.down) + 1
    return places >= Double(count) ? count : Int(places)
  }

  /// Tiles that the blocks from one place up to another see.
  private func sumOfSeen(_ low: Int, _ high: Int) -> Double {
    guard high > low else { return 0 }
    let n = Double(high - low)
    return n * (first + step * Double(low)) + step * n * (n - 1) / 2
  }

  /// Each block, or so many samples from the middles of equal runs of blocks with their weight.
  func forEachSample(_ visit: (_ seen: Double, _ weight: Double) -> Void) {
    let samples = min(count, 512)
    let weight = Double(count) / Double(samples)
    for sample in 0..<samples {
      let place = (Double(sample) + 0.5) * weight - 0.5
      visit(first + step * place, weight)
    }
  }
}
