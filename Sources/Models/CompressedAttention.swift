/// Attention of DeepSeek-V4: all heads share one entry of `headDimension` numbers that is both key
/// and value; the last `window` tokens are held whole, older ones as one entry for `ratio` tokens.
///
/// The output goes through a grouped low-rank projection: `outputGroups` groups of heads, each to
/// `outputRank` numbers, then all to the model's width.
public struct CompressedAttention: Sendable, Hashable {
  public var heads: Int
  public var headDimension: Int
  public var queryRank: Int
  public var outputGroups: Int
  public var outputRank: Int
  public var window: Int
  /// Tokens that one compressed entry stands for; 0 where a layer has the window only.
  public var ratio: Int
  /// Chooses which compressed entries are read.
  public var indexer: Indexer?
  /// Consecutive compressed entries are made from overlapping runs of tokens, which doubles the
  /// compressor's width.
  public var overlapping: Bool

  public init(
    heads: Int, headDimension: Int, queryRank: Int, outputGroups: Int, outputRank: Int,
    window: Int, ratio: Int, indexer: Indexer?, overlapping: Bool
  ) {
    self.heads = heads
    self.headDimension = headDimension
    self.queryRank = queryRank
    self.outputGroups = outputGroups
    self.outputRank = outputRank
    self.window = window
    self.ratio = ratio
    self.indexer = indexer
    self.overlapping = overlapping
  }

  func matrices(hidden: Int) -> [Matrix] {
    let width = heads * headDimension
    var list = [
      Matrix("q_a", .attention, rows: queryRank, columns: hidden),
      Matrix("q_a_norm", .norm, rows: queryRank),
      Matrix("q_b", .attention, rows: width, columns: queryRank),
      Matrix("kv", .attention, rows: headDimension, columns: hidden),
      Matrix("kv_norm", .norm, rows: headDimension),
      Matrix("sinks", .attention, rows: heads),
      Matrix("o_a", .attention, rows: outputGroups * outputRank, columns: width / outputGroups),
      Matrix("o_b", .attention, rows: hidden, columns: outputGroups * outputRank),
    ]
    guard ratio > 0 else { return list }
    list += compressor("compress", to: headDimension, hidden: hidden, role: .attention)
    if let indexer {
      list += compressor("index_compress", to: indexer.dimension, hidden: hidden, role: .indexer)
      list += [
        Matrix(
          "index_q", .indexer, rows: indexer.heads * indexer.dimension, columns: queryRank),
        Matrix("index_weights", .indexer, rows: indexer.heads, columns: hidden),
      ]
    }
    return list
  }

  /// A value and a gate projection, a position table over one run of tokens, and a norm.
  private func compressor(
    _ name: String, to dimension: Int, hidden: Int, role: MatrixRole
  ) -> [Matrix] {
    let width = dimension * (overlapping ? 2 : 1)
    return [
      Matrix("\(name)_kv", role, rows: width, columns: hidden),
      Matrix("\(name)_gate", role, rows: width, columns: hidden),
      Matrix("\(name)_position", role, rows: width, columns: ratio),
      Matrix("\(name)_norm", .norm, rows: dimension),
    ]
  }
}
