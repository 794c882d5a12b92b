/// The shape of a small decoder-only transformer: RMSNorm, rotary embedding, grouped queries, ReLU
/// networks or mixtures of ReLU experts, tied embedding.
public struct TinyModelShape: Sendable, Hashable {
  /// What follows attention in a layer.
  public enum Network: Sendable, Hashable {
    case relu(neurons: Int)
    /// The best `k` of `count` experts of `neurons` each, shares made to sum to 1.
    case experts(count: Int, neurons: Int, k: Int)
  }

  public var vocabulary: Int
  public var width: Int
  public var heads: Int
  public var kvHeads: Int
  public var headWidth: Int
  /// One a layer.
  public var networks: [Network]
  /// The base of the rotary embedding.
  public var theta: Double

  public init(
    vocabulary: Int, width: Int, heads: Int, kvHeads: Int, headWidth: Int, networks: [Network],
    theta: Double = 500_000
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.heads = heads
    self.kvHeads = kvHeads
    self.headWidth = headWidth
    self.networks = networks
    self.theta = theta
  }

  /// Tensors that the model asks for, and how many floats each holds.
  public var tensors: [(name: String, count: Int)] {
    var list = [("emb.weight", vocabulary * width), ("nf.w", width)]
    for (layer, network) in networks.enumerated() {
      list += [
        ("n1.\(layer).w", width), ("n2.\(layer).w", width),
        ("att.\(layer).q.weight", heads * headWidth * width),
        ("att.\(layer).k.weight", kvHeads * headWidth * width),
        ("att.\(layer).v.weight", kvHeads * headWidth * width),
        ("att.\(layer).o.weight", heads * headWidth * width),
      ]
      switch network {
      case .relu(let neurons):
        list += [
          ("ffn.\(layer).up.weight", neurons * width),
          ("ffn.\(layer).down.weight", neurons * width),
        ]
      case .experts(let count, let neurons, _):
        list += [
          ("ffn.\(layer).gate.weight", count * width),
          ("ffn.\(layer).up", count * neurons * width),
          ("ffn.\(layer).down", count * neurons * width),
        ]
      }
    }
    return list
  }

  func check() throws(KernelFault) {
    try Inputs.range(vocabulary, 1...1_000_000, "vocabulary")
    try Inputs.range(width, 1...65_536, "width")
    try Inputs.range(kvHeads, 1...1024, "kvHeads")
    try Inputs.range(heads, kvHeads...65_536, "heads")
    try Inputs.count(heads % kvHeads, 0, "heads that fill no group")
    try Inputs.range(headWidth, 2...1024, "headWidth")
    try Inputs.count(headWidth % 2, 0, "headWidth past pairs")
    try Inputs.range(networks.count, 1...1024, "networks")
    for network in networks {
      switch network {
      case .relu(let neurons): try Inputs.range(neurons, 1...1_000_000, "neurons")
      case .experts(let count, let neurons, let k):
        try Inputs.range(count, 1...4096, "experts")
        try Inputs.range(neurons, 1...1_000_000, "neurons")
        try Inputs.range(k, 1...count, "k")
      }
    }
  }
}
