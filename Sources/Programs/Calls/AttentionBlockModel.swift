/// The attention block of a published model, as far as its time depends on it.
///
/// Sizes of the DeepSeek models and GLM-5 are those of their configurations. Those of MiniMax-M3 are
/// guessed from the shapes in tables of its block: coefficients take up what is wrong with them.
public enum AttentionBlockModel: String, Sendable, Hashable, CaseIterable {
  case deepSeekV3 = "v3"
  case deepSeekV32 = "v32"
  case glm5
  case deepSeekV4Flash = "v4-flash"
  case deepSeekV4Pro = "v4-pro"
  case miniMaxM3 = "m3"

  /// Numbers of one block; weights are counted, not bytes.
  public struct Sizes: Sendable {
    public var hidden: Double
    /// Weights of the projections that all heads share, and of those of one head.
    public var sharedWeights: Double
    public var headWeights: Double
    /// Weights a head that turn a latent entry into its key and value.
    public var expansionWeights: Double
    /// Length of a key and of a value as kept, and as expanded for a prompt.
    public var key: Double
    public var value: Double
    public var expandedKey: Double
    public var expandedValue: Double
    /// Numbers that one token keeps for all heads.
    public var entry: Double
    /// Heads that score entries for selection, the length of their keys, entries that are selected.
    public var indexHeads: Double
    public var indexKey: Double
    public var selected: Double
    public var indexWeights: Double
    /// Weights of one compressor of entries, and the latest tokens that are read uncompressed.
    public var compressorWeights: Double
    public var window: Double
    /// Query heads of one KV head, where heads do not share one entry; else 0.
    public var groupHeads: Double
  }

  public var sizes: Sizes {
    switch self {
    case .deepSeekV3: Self.v3
    case .deepSeekV32: Self.v32
    case .glm5: Self.glm5Sizes
    case .deepSeekV4Flash: Self.v4Flash
    case .deepSeekV4Pro: Self.v4Pro
    case .miniMaxM3: Self.m3
    }
  }

  private static let v3 = Sizes(
    hidden: 7168, sharedWeights: 7168 * (1536 + 576), headWeights: 1536 * 192 + 128 * 7168,
    expansionWeights: 512 * 256, key: 576, value: 512, expandedKey: 192, expandedValue: 128,
    entry: 576, indexHeads: 0, indexKey: 128, selected: 0, indexWeights: 0, compressorWeights: 0,
    window: 0, groupHeads: 0)

  private static let v32: Sizes = {
    var sizes = v3
    (sizes.indexHeads, sizes.selected) = (64, 2048)
    sizes.indexWeights = 1536 * 64 * 128 + 7168 * 192
    return sizes
  }()

  private static let glm5Sizes = Sizes(
    hidden: 6144, sharedWeights: 6144 * (2048 + 576), headWeights: 2048 * 256 + 256 * 6144,
    expansionWeights: 512 * 448, key: 576, value: 512, expandedKey: 256, expandedValue: 256,
    entry: 576, indexHeads: 32, indexKey: 128, selected: 2048,
    indexWeights: 2048 * 32 * 128 + 6144 * 160, compressorWeights: 0, window: 0, groupHeads: 0)

  /// Output projections go through groups of eight heads of rank 1024.
  private static let v4Flash = Sizes(
    hidden: 4096, sharedWeights: 4096 * (1024 + 512),
    headWeights: 1024 * 512 + 512 * 1024 + 1024 * 4096 / 8, expansionWeights: 0, key: 512,
    value: 512, expandedKey: 512, expandedValue: 512, entry: 512, indexHeads: 64, indexKey: 128,
    selected: 512, indexWeights: 1024 * 64 * 128 + 4096 * (64 + 512),
    compressorWeights: 4096 * 1024, window: 128, groupHeads: 0)

  private static let v4Pro = Sizes(
    hidden: 7168, sharedWeights: 7168 * (1536 + 512),
    headWeights: 1536 * 512 + 512 * 1024 + 1024 * 7168 / 8, expansionWeights: 0, key: 512,
    value: 512, expandedKey: 512, expandedValue: 512, entry: 512, indexHeads: 64, indexKey: 128,
    selected: 1024, indexWeights: 1536 * 64 * 128 + 7168 * (64 + 512),
    compressorWeights: 7168 * 1024, window: 128, groupHeads: 0)

  private static let m3 = Sizes(
    hidden: 6144, sharedWeights: 6144 * 256, headWeights: 6144 * 256 + 768 * 128,
    expansionWeights: 0, key: 128, value: 128, expandedKey: 128, expandedValue: 128, entry: 256,
    indexHeads: 4, indexKey: 128, selected: 2048, indexWeights: 6144 * 128 * 5,
    compressorWeights: 0, window: 0, groupHeads: 16)
}
