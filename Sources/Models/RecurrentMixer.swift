/// A layer with a state of fixed size: a matrix of `keyDimension` x `valueDimension` for each value
/// head, and the last inputs of a short convolution.
public struct RecurrentMixer: Sendable, Hashable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Gated DeltaNet (arXiv 2412.06464), as in Qwen3-Next.
    case gatedDelta = "gated-delta"
    /// Kimi delta attention (arXiv 2510.26692): a decay for each key channel.
    case kimiDelta = "kimi-delta"
    /// Mamba-2 (arXiv 2405.21060): keys are B, queries C, values x; the key width is the state's.
    case mamba2
  }

  public var kind: Kind
  /// Heads of keys and queries; groups in Mamba-2.
  public var keyHeads: Int
  public var valueHeads: Int
  public var keyDimension: Int
  public var valueDimension: Int
  /// Taps of the short convolution.
  public var kernel: Int
  /// The convolution has a bias.
  public var kernelBias = false
  /// Kimi delta attention only: the output gate is one matrix instead of two of low rank.
  public var fullRankGate = false

  public init(
    kind: Kind, keyHeads: Int, valueHeads: Int, keyDimension: Int, valueDimension: Int,
    kernel: Int
  ) {
    self.kind = kind
    self.keyHeads = keyHeads
    self.valueHeads = valueHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.kernel = kernel
  }

  var keys: Int { keyHeads * keyDimension }
  var values: Int { valueHeads * valueDimension }
  /// Channels of the convolution: queries, keys and values.
  var channels: Int { 2 * keys + values }

  /// `valueHeads keyDimension valueDimension + (2 keys + values) (kernel - 1)`.
  public var stateElements: Double {
    Double(values) * Double(keyDimension) + Double(channels) * Double(kernel - 1)
  }

  func matrices(hidden: Int) -> [Matrix] {
    var list = [
      Matrix("qkv", .attention, rows: channels, columns: hidden),
      Matrix("convolution", .attention, rows: channels, columns: kernel),
    ]
    if kernelBias { list.append(Matrix("convolution_bias", .attention, rows: channels)) }
    switch kind {
    case .gatedDelta:
      list += [
        Matrix("gate_o", .attention, rows: values, columns: hidden),
        Matrix("decay", .attention, rows: 2 * valueHeads, columns: hidden),
        Matrix("decay_constants", .attention, rows: 2 * valueHeads),
        Matrix("o_norm", .norm, rows: valueDimension),
      ]
    case .kimiDelta:
      list += [
        Matrix("decay_a", .attention, rows: keyDimension, columns: hidden),
        Matrix("decay_b", .attention, rows: keys, columns: keyDimension),
        Matrix("decay_constants", .attention, rows: keys + valueHeads),
        Matrix("beta", .attention, rows: valueHeads, columns: hidden),
        Matrix("o_norm", .norm, rows: valueDimension),
      ]
      if fullRankGate {
        list.append(Matrix("gate_o", .attention, rows: values, columns: hidden))
      } else {
        list += [
          Matrix("gate_o_a", .attention, rows: valueDimension, columns: hidden),
          Matrix("gate_o_b", .attention, rows: values, columns: valueDimension),
        ]
      }
    case .mamba2:
      list += [
        Matrix("gate_o", .attention, rows: values, columns: hidden),
        Matrix("decay", .attention, rows: valueHeads, columns: hidden),
        Matrix("decay_constants", .attention, rows: 3 * valueHeads),
        Matrix("o_norm", .norm, rows: values),
      ]
    }
    list.append(Matrix("o", .attention, rows: hidden, columns: values))
    return list
  }
}
