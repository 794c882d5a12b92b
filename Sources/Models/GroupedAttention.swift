/// Attention with `queryHeads` queries sharing `kvHeads` keys and values: MHA when they are equal,
/// MQA when `kvHeads` is 1.
public struct GroupedAttention: Sendable, Hashable {
  /// Norms over queries and keys before the product.
  public enum QueryKeyNorm: String, CaseIterable, Sendable {
    case none
    /// One vector of the head's width, shared by all heads.
    case head
    /// A scale and a shift of the head's width each.
    case headScaleAndShift = "head-scale-and-shift"
    /// One vector over the whole width of all heads.
    case full
  }

  public var queryHeads: Int
  public var kvHeads: Int
  /// Width of one key (and query) head.
  public var keyDimension: Int
  /// Width of one value head.
  public var valueDimension: Int
  /// Tokens back that a query sees; nil for all. Chunked attention counts its chunk here.
  public var window: Int?
  /// Biases on the query, key and value projections.
  public var inputBias = false
  /// A bias on the output projection.
  public var outputBias = false
  /// Whether the layer holds the query, key, value and output projections; a recording of the
  /// attention kernel alone has none.
  public var projected = true
  public var queryKeyNorm = QueryKeyNorm.none
  /// A gate as wide as the heads' output, computed from the layer's input.
  public var outputGate = false
  /// One learned logit a query head that takes part in the softmax and has no value.
  public var sinks = false
  /// The value projection is the key projection; the cache still holds both.
  public var valueIsKey = false
  /// Chooses blocks of the KV cache to read.
  public var indexer: Indexer?

  public init(
    queryHeads: Int, kvHeads: Int, keyDimension: Int, valueDimension: Int? = nil,
    window: Int? = nil
  ) {
    self.queryHeads = queryHeads
    self.kvHeads = kvHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension ?? keyDimension
    self.window = window
  }

  /// `kvHeads (keyDimension + valueDimension)`.
  public var kvElementsPerEntry: Double { Double(kvHeads) * Double(keyDimension + valueDimension) }

  func matrices(hidden: Int) -> [Matrix] {
    guard projected else { return [] }
    let queries = queryHeads * keyDimension
    let keys = kvHeads * keyDimension
    let values = kvHeads * valueDimension
    let outputs = queryHeads * valueDimension
    var list = [
      Matrix("q", .attention, rows: queries, columns: hidden),
      Matrix("k", .attention, rows: keys, columns: hidden),
    ]
    if !valueIsKey { list.append(Matrix("v", .attention, rows: values, columns: hidden)) }
    if outputGate { list.append(Matrix("gate_o", .attention, rows: outputs, columns: hidden)) }
    list.append(Matrix("o", .attention, rows: hidden, columns: outputs))
    if inputBias {
      let width = queries + keys + (valueIsKey ? 0 : values)
      list.append(Matrix("qkv_bias", .attention, rows: width))
    }
    if outputBias { list.append(Matrix("o_bias", .attention, rows: hidden)) }
    if sinks { list.append(Matrix("sinks", .attention, rows: queryHeads)) }
    switch queryKeyNorm {
    case .none: break
    case .head: list.append(Matrix("qk_norm", .norm, rows: 2 * keyDimension))
    case .headScaleAndShift: list.append(Matrix("qk_norm", .norm, rows: 4 * keyDimension))
    case .full: list.append(Matrix("qk_norm", .norm, rows: queries + keys))
    }
    if let indexer {
      list += indexer.matrices(queryInputs: hidden, hidden: hidden, weighted: false)
    }
    return list
  }
}
