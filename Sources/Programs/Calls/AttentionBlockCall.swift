import Quantities

/// A whole attention block: its projections, the index that selects entries, attention, and the
/// output projection; on one of the devices that share its heads.
public struct AttentionBlockCall: Sendable, Hashable {
  public var model: AttentionBlockModel
  public var batch: Int
  /// New tokens of each sequence, and tokens that it has cached before.
  public var tokens: Int
  public var cached: Int
  /// Query heads on this device.
  public var heads: Int
  /// Tokens that one entry stands for: 1 where entries are not compressed.
  public var compression: Int
  public var weights: Precision
  public var kv: Precision
  /// Whether the kernels of one new token a sequence run.
  public var isDecode: Bool
  /// Whether entries are expanded to a key and a value for each head, and all of them attended.
  public var expands: Bool
  /// Whether another layer's selection is used.
  public var skipsIndex: Bool
  /// Whether the host launches each kernel, and no recorded graph does.
  public var isEager: Bool

  public init(
    model: AttentionBlockModel, batch: Int, tokens: Int, cached: Int, heads: Int,
    compression: Int = 1, weights: Precision, kv: Precision, isDecode: Bool, expands: Bool = false,
    skipsIndex: Bool = false, isEager: Bool = false
  ) {
    self.model = model
    self.batch = batch
    self.tokens = tokens
    self.cached = cached
    self.heads = heads
    self.compression = compression
    self.weights = weights
    self.kv = kv
    self.isDecode = isDecode
    self.expands = expands
    self.skipsIndex = skipsIndex
    self.isEager = isEager
  }

  /// From this many tokens an entry, entries are few enough that all are attended.
  public static let heavyCompression = 128

  /// Cached and new tokens of a sequence.
  public var context: Double { Double(cached) + Double(tokens) }
  public var rows: Double { Double(batch) * Double(tokens) }

  /// Whether entries are scored for selection.
  public var isIndexed: Bool {
    model.sizes.indexHeads > 0 && compression < Self.heavyCompression && !skipsIndex
  }

  /// Whether only selected entries are attended.
  public var selects: Bool {
    model.sizes.selected > 0 && compression < Self.heavyCompression && !expands
  }

  /// Weights of all projections but those that expand entries.
  public var projectionWeights: Double {
    let sizes = model.sizes
    let compressors = compression >= Self.heavyCompression ? 1.0 : compression > 1 ? 2 : 0
    return sizes.sharedWeights + Double(heads) * sizes.headWeights
      + (isIndexed ? sizes.indexWeights : 0) + compressors * sizes.compressorWeights
  }

  /// Pairs of a new token and an entry before it.
  public var pairs: Double {
    let new = Double(tokens)
    return Double(batch) * (new * Double(cached) + new * (new + 1) / 2) / Double(compression)
  }

  /// Those that are attended: the selected, and the latest tokens uncompressed.
  public var attendedPairs: Double {
    let latest = rows * min(compression > 1 ? model.sizes.window : 0, context)
    guard selects else { return pairs + latest }
    let (new, before, stride) = (Double(tokens), Double(cached), Double(compression))
    let selected = model.sizes.selected
    // Tokens up to here have no more entries than may be selected.
    let whole = min(max(selected * stride - before, 0), new)
    let few = (before * whole + whole * whole / 2) / stride
    return Double(batch) * (few + (new - whole) * selected) + latest
  }

  /// Entries that one decoding token reads.
  public var entriesRead: Double {
    let entries = context / Double(compression)
    return (selects ? min(entries, model.sizes.selected) : entries)
      + min(compression > 1 ? model.sizes.window : 0, context)
  }

  /// Length of a key and a value together as they are attended.
  public var pairWidth: Double {
    let sizes = model.sizes
    return expands ? sizes.expandedKey + sizes.expandedValue : sizes.key + sizes.value
  }

  /// Bytes of the entries that are read once each.
  public var entryBytes: Double {
    let entries =
      isDecode
      ? rows * entriesRead
      : min(attendedPairs, Double(batch) * context / Double(compression))
    return entries * model.sizes.entry * kv.bits / 8
  }

  public var weightBytes: Double { projectionWeights * weights.bits / 8 }

  public var projectionFlops: Double { 2 * rows * projectionWeights }

  /// Turning entries into keys and values: of all tokens, or of queries and results instead.
  public var expansionFlops: Double {
    2 * (expands ? Double(batch) * context : rows) * Double(heads) * model.sizes.expansionWeights
  }

  public var indexFlops: Double {
    isIndexed ? 2 * pairs * model.sizes.indexHeads * model.sizes.indexKey : 0
  }

  public var attentionFlops: Double { 2 * attendedPairs * Double(heads) * pairWidth }

  public var flops: Double { projectionFlops + expansionFlops + indexFlops + attentionFlops }

  /// Weights and entries once, the block's input and output in 16 bits.
  public var bytes: Double { weightBytes + entryBytes + rows * model.sizes.hidden * 4 }
}
