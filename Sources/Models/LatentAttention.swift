/// Multi-head latent attention: keys and values of all heads are made from one latent of `kvRank`
/// numbers a token, plus `ropeDimension` rotary numbers shared by the heads.
///
/// Source: DeepSeek-V2, arXiv 2405.04434, section 2.1; the parts are named as in its code.
public struct LatentAttention: Sendable, Hashable {
  public var heads: Int
  /// Rank of the query's down-projection; nil for a full query projection.
  public var queryRank: Int?
  public var kvRank: Int
  public var ropeDimension: Int
  public var nopeDimension: Int
  public var valueDimension: Int
  /// A gate as wide as the heads' output, computed from the layer's input.
  public var outputGate = false
  /// Chooses which tokens are read (DeepSeek sparse attention).
  public var indexer: Indexer?

  public init(
    heads: Int, queryRank: Int?, kvRank: Int, ropeDimension: Int, nopeDimension: Int,
    valueDimension: Int
  ) {
    self.heads = heads
    self.queryRank = queryRank
    self.kvRank = kvRank
    self.ropeDimension = ropeDimension
    self.nopeDimension = nopeDimension
    self.valueDimension = valueDimension
  }

  func matrices(hidden: Int) -> [Matrix] {
    let queries = heads * (nopeDimension + ropeDimension)
    var list: [Matrix] = []
    if let queryRank {
      list += [
        Matrix("q_a", .attention, rows: queryRank, columns: hidden),
        Matrix("q_a_norm", .norm, rows: queryRank),
        Matrix("q_b", .attention, rows: queries, columns: queryRank),
      ]
    } else {
      list.append(Matrix("q", .attention, rows: queries, columns: hidden))
    }
    list += [
      Matrix("kv_a", .attention, rows: kvRank + ropeDimension, columns: hidden),
      Matrix("kv_a_norm", .norm, rows: kvRank),
      Matrix("k_b", .attention, rows: heads * nopeDimension, columns: kvRank),
      Matrix("v_b", .attention, rows: heads * valueDimension, columns: kvRank),
      Matrix("o", .attention, rows: hidden, columns: heads * valueDimension),
    ]
    if outputGate {
      list.append(Matrix("gate_o", .attention, rows: heads * valueDimension, columns: hidden))
    }
    if let indexer {
      list += indexer.matrices(queryInputs: queryRank ?? hidden, hidden: hidden, weighted: true)
    }
    return list
  }
}
