import Quantities

/// Attention of one new token for each sequence over its KV entries.
public struct DecodeAttentionCall: Sendable, Hashable {
  public var batch: Int
  /// KV entries of each sequence, the new one included.
  public var context: Int
  /// KV entries that are read of each sequence and head: all, a window, or selected pages.
  public var read: Int
  public var heads: Int
  public var kvHeads: Int
  /// Length of a key, and of a value.
  public var keyDimension: Int
  public var valueDimension: Int
  /// Whether values are a part of the keys in memory, as in latent attention.
  public var sharesKeysAndValues: Bool
  /// Entries that the kernel was told to look back over; 0 is all. It shapes the kernel's blocks even
  /// where the context is shorter.
  public var window: Int
  /// Tokens of a page; 1 where entries lie together.
  public var page: Int
  public var kv: Precision
  /// Whether caches are flushed before the call; otherwise KV that fits a cache stays there.
  public var isCold: Bool
  /// Bytes of a KV entry as it is stored, over those at the precision `kv`: below 1 where it is
  /// quantised further or pruned.
  public var storedShare = 1.0
  /// Whether the entries that are read lie anywhere in the cache, so that the kernel finds each page.
  public var isSelected = false
  /// Whether the entries of a sequence and head are one program's work, and not split over the cores.
  public var isWhole = false
  /// First entries that all sequences have in common and each reads for itself: the last cache serves
  /// those that run side by side.
  public var common = 0

  public init(
    batch: Int, context: Int, read: Int, heads: Int, kvHeads: Int, keyDimension: Int,
    valueDimension: Int, sharesKeysAndValues: Bool = false, window: Int = 0, page: Int,
    kv: Precision, isCold: Bool
  ) {
    self.batch = batch
    self.context = context
    self.read = read
    self.heads = heads
    self.kvHeads = kvHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.sharesKeysAndValues = sharesKeysAndValues
    self.window = window
    self.page = page
    self.kv = kv
    self.isCold = isCold
  }

  /// Numbers that one KV entry of one head holds.
  public var entryLength: Double {
    Double(sharesKeysAndValues ? keyDimension : keyDimension + valueDimension)
  }

  public var kvBytes: Double {
    Double(batch) * Double(read) * Double(kvHeads) * entryLength * kv.bits / 8
      * storedShare
  }

  public var flops: Double {
    2 * Double(batch) * Double(heads) * Double(read) * Double(keyDimension + valueDimension)
  }

  /// KV entries once, queries and results in 16 bits.
  public var bytes: Double {
    kvBytes + Double(batch) * Double(heads) * Double(keyDimension + valueDimension) * 2
  }
}
