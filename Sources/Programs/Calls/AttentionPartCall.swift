/// One kernel of an attention block that selects entries.
public struct AttentionPartCall: Sendable, Hashable {
  public enum Part: String, Sendable, Hashable, CaseIterable {
    /// Scores of all entries by the index.
    case scores
    /// The choice of the entries with the highest scores.
    case choice
    /// Attention over the chosen entries.
    case attention
  }

  public var part: Part
  public var model: AttentionBlockModel
  public var batch: Int
  public var tokens: Int
  public var cached: Int
  public var heads: Int
  public var compression: Int
  /// Whether index keys are read page by page; otherwise those of all sequences lie one after
  /// another.
  public var isPaged: Bool

  public init(
    part: Part, model: AttentionBlockModel, batch: Int, tokens: Int, cached: Int, heads: Int,
    compression: Int, isPaged: Bool = false
  ) {
    self.part = part
    self.model = model
    self.batch = batch
    self.tokens = tokens
    self.cached = cached
    self.heads = heads
    self.compression = compression
    self.isPaged = isPaged
  }

  public var context: Double { Double(cached) + Double(tokens) }
  public var rows: Double { Double(batch) * Double(tokens) }
  var entries: Double { context / Double(compression) }

  public var pairs: Double {
    let new = Double(tokens)
    return Double(batch) * (new * Double(cached) + new * (new + 1) / 2) / Double(compression)
  }

  /// Tokens that have more entries than are chosen; at least one, for the kernel runs.
  public var choosingRows: Double {
    let few = model.sizes.selected * Double(compression)
    return max(Double(batch) * min(max(context - few, 0), Double(tokens)), 1)
  }

  /// Entries that such a token chooses from, in the mean.
  public var choosingEntries: Double {
    let few = model.sizes.selected * Double(compression)
    return (context + max(Double(cached), min(few, context))) / 2 / Double(compression)
  }

  /// Entries that a token attends to, room for absent ones included.
  public var attendedEntries: Double {
    (compression >= AttentionBlockCall.heavyCompression ? entries : model.sizes.selected)
      + (compression > 1 ? model.sizes.window : 0)
  }

  public var flops: Double {
    let sizes = model.sizes
    return switch part {
    case .scores: 2 * pairs * sizes.indexHeads * sizes.indexKey
    case .choice: 0
    case .attention:
      2 * rows * Double(heads) * (sizes.key + sizes.value)
        * min(attendedEntries, entries + (compression > 1 ? sizes.window : 0))
    }
  }

  /// Scores are in 32 bits; an index key has 132 bytes with its scale, an entry a byte a number.
  public var bytes: Double {
    switch part {
    case .scores: pairs * 4 + Double(batch) * entries * 132
    case .choice: choosingRows * choosingEntries * 4
    case .attention:
      min(Double(batch) * min(context, entries + 128), rows * attendedEntries)
        * model.sizes.entry
    }
  }
}
