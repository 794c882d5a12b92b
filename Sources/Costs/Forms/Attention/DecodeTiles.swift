import Programs

/// How a library lays decode attention over the cores.
struct DecodeTiles {
  /// Independent programs: sequences by KV heads, or by heads.
  var programs: Double
  /// Parts that the keys of one program are cut into; results of parts are merged after.
  var splits = 1.0
  /// Blocks of keys that one program reads over all its parts.
  var blocks: Double
  /// Keys of a block.
  var blockTokens: Double
  /// Programs that a core holds at once.
  var resident = 1.0
  /// 1 where queries are transposed before and results after, to pack the heads of a group.
  var transposes = 0.0
  /// Steps of padding to the next tile of heads: 0 to 3.
  var padding = 0.0
  /// Steps of the walk by which a scheduler finds its sequence, in thousands of cycles or so.
  var schedule = 0.0
  var sequences: Double
  /// Keys that a program sees, at most the blocks that it reads.
  var tokens: Double
  /// Bytes of one block of keys and values.
  var blockBytes: Double
  /// Keys and values of all programs, bytes.
  var entryBytes: Double
  /// Queries and results, bytes.
  var resultBytes: Double
  /// Partial results that splitting writes and reads again, bytes for each split.
  var partBytes: Double
  /// Tensor-core arithmetic with padded heads; 0 where a kernel uses none.
  var flops: Double
  /// Of the keys and values those that another sequence at work has brought to the last cache.
  var repeatedBytes = 0.0

  /// What sequences in common read more than once. Those of one head run side by side and keep step, so
  /// that each entry comes from memory once for all that the device holds at once.
  func repeated(of call: DecodeAttentionCall, on device: DeviceFigures) -> Double {
    guard call.common > 0, sequences > 1, tokens > 0 else { return 0 }
    let together = min(sequences, max(1, (resident * device.cores / splits).rounded(.down)))
    let rounds = (sequences / together).rounded(.up)
    return entryBytes * min(1, Double(call.common) / tokens) * (1 - rounds / sequences)
  }
}

/// The sizes of a call as forms use them.
struct DecodeSizes {
  let batch: Double
  let heads: Double
  let kvHeads: Double
  let context: Double
  let window: Double
  let dimension: Double
  /// Bytes of a number of the KV cache.
  let width: Double
  let group: Double
  var isWindowed: Bool { window > 0 }

  init(_ call: DecodeAttentionCall) {
    batch = Double(call.batch)
    heads = Double(call.heads)
    kvHeads = Double(call.kvHeads)
    context = Double(call.context)
    window = Double(call.window)
    dimension = Double(call.keyDimension)
    width = call.kv.bits / 8 * call.storedShare
    group = heads / kvHeads
  }

  /// Rows of queries that a tensor-core tile of decode holds.
  static let tileRows = 64.0

  /// Programs when the heads of a group share one.
  var packedPrograms: Double { batch * kvHeads * (group / Self.tileRows).rounded(.up) }

  /// The tiles of grouped attention, with the bytes that follow from them.
  func tiles(programs: Double, blocks: Double, blockTokens: Double) -> DecodeTiles {
    let tokens = isWindowed ? min(context, blocks * blockTokens) : context
    return DecodeTiles(
      programs: programs, blocks: blocks, blockTokens: blockTokens, sequences: batch,
      tokens: tokens,
      blockBytes: 2 * blockTokens * dimension * width,
      entryBytes: 2 * batch * kvHeads * tokens * dimension * width,
      resultBytes: batch * heads * dimension * 4,
      partBytes: batch * heads * (dimension + 2) * 8,
      flops: 4 * Self.tileRows * blockTokens * blocks * programs * dimension)
  }
}
