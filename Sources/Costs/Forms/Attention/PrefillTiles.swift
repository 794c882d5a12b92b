import Programs

/// How a library lays causal attention of a prompt over the cores.
struct PrefillTiles {
  /// Rows of queries, and keys, of one tile.
  let rows: Double
  let columns: Double
  /// Query heads that share a tile, so that short prompts fill its rows.
  var packed = 1.0
  /// 1 where queries are transposed to pack the heads of a group.
  var transposes = 0.0
  var splitsKeys = false
  /// Whether the call writes its keys and values into the cache as well.
  var writesCache = true
}

/// What a prompt costs in tiles of a library.
struct PrefillWork {
  var programs: Double
  /// Steps of one tile of keys by one tile of queries, over all programs.
  var steps: Double
  /// Steps of the program that sees most keys.
  var longest: Double
  var splits = 1.0
  /// Multiply-adds of one step, times 2.
  var stepFlops: Double
  /// Exponentials of one step.
  var stepExponentials: Double
  /// Arithmetic that the result needs, and with that of the calls of its run.
  var flops: Double
  var runFlops: Double
  /// Queries, keys, values and results.
  var bytes: Double
  /// Partial results that splitting writes and reads.
  var partBytes = 0.0
  /// Thread blocks that write new keys and values into the cache, over the cores.
  var cacheBlocks: Double
  /// Programs over the cores where a prompt is one token.
  var single: Double
  var transposes: Double
  var sequences: Double

  init(_ call: PrefillAttentionCall, _ tiles: PrefillTiles, on device: DeviceFigures) {
    let (batch, new, before) = (Double(call.batch), Double(call.tokens), Double(call.cached))
    let (heads, kvHeads) = (Double(call.heads), Double(call.kvHeads))
    let wide = Double(call.keyDimension + call.valueDimension)
    let width = call.kv.bits / 8
    let all = before + new
    let window = Double(call.window)
    let count = (new * tiles.packed / tiles.rows).rounded(.up)
    let tileTokens = tiles.rows / tiles.packed
    let groups = heads / tiles.packed

    // A staircase of keys up to the window, then a plateau; the last tile of each step is padded.
    let reach = window > 0 ? min(window + tileTokens, all) : all
    let rising = min(count, (max(0, reach - before) / tileTokens).rounded(.down))
    let stairs: Double = rising * before + tileTokens * rising * (rising + 1) / 2
    var keys = stairs + (count - rising) * reach
    if tileTokens.truncatingRemainder(dividingBy: tiles.columns) != 0 {
      keys += count * (tiles.columns - min(tileTokens, tiles.columns)) / 2
    }
    keys = max(keys, count * tiles.columns)

    programs = batch * groups * count
    steps = keys * batch * groups / tiles.columns
    longest = (min(before + count * tileTokens, reach) / tiles.columns).rounded(.up)
    // Steps that a selection leaves out, and values that are skipped after their scores.
    steps *= call.density
    let valued = Double(call.keyDimension) + call.valueShare * Double(call.valueDimension)
    stepFlops = 2 * tiles.rows * tiles.columns * valued
    stepExponentials = tiles.rows * tiles.columns * call.valueShare
    let pairs = Self.pairs(new: new, before: before, window: window) * call.density
    flops = 2 * valued * batch * heads * pairs
    runFlops = flops * call.run
    let perToken = (2 * heads + 2 * kvHeads) * wide
    bytes = batch * new * perToken
    if tiles.writesCache { bytes += batch * all * kvHeads * width * wide }
    let threads = min(kvHeads * Double(call.keyDimension), 512)
    cacheBlocks = batch * new * threads / 2048 / device.cores
    single = call.tokens == 1 ? programs / device.cores : 0
    transposes = tiles.transposes
    sequences = batch
    if tiles.splitsKeys {
      splits = SplitCount.flashAttention3(
        programs: programs, cores: device.cores, blocks: longest)
      let row = (wide / 2 + 2) * 8
      if splits > 1 { partBytes = programs * tiles.rows * splits * row }
    }
  }

  /// Query-key pairs of a head and sequence, half of the diagonal left out.
  private static func pairs(new: Double, before: Double, window: Double) -> Double {
    guard window > 0, window < before + new else { return new * before + new * new / 2 }
    let short = min(new, max(0, window - before))
    return short * before + short * short / 2 + (new - short) * window
  }
}
