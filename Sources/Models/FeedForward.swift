/// The nonlinearity between the matrices of a feed-forward block; it decides whether neurons are
/// exactly zero (`relu`, `relu2`).
public enum Activation: String, CaseIterable, Sendable {
  case relu
  /// Squared ReLU.
  case relu2
  case silu
  case gelu
  /// Kimi-K3's bounded gate.
  case situ

  /// Whether it yields exact zeros, so that neurons may be skipped without loss.
  public var yieldsZeros: Bool { self == .relu || self == .relu2 }
}

/// The feed-forward block of a layer.
public enum FeedForward: Sendable, Hashable {
  case dense(DenseFeedForward)
  case experts(ExpertFeedForward)
  case none

  public func matrices(hidden: Int) -> [Matrix] {
    switch self {
    case .dense(let it):
      it.matrices(prefix: "", role: .feedForward, inputs: hidden, copies: 1, used: 1)
    case .experts(let it): it.matrices(hidden: hidden)
    case .none: []
    }
  }
}

/// Two or three matrices around a nonlinearity: `down(act(gate x) * up x)` when gated, else
/// `down(act(up x))`.
public struct DenseFeedForward: Sendable, Hashable {
  /// Neurons.
  public var intermediate: Int
  public var gated: Bool
  public var activation: Activation
  public var bias: Bool

  public init(intermediate: Int, gated: Bool, activation: Activation, bias: Bool = false) {
    self.intermediate = intermediate
    self.gated = gated
    self.activation = activation
    self.bias = bias
  }

  /// Numbers that one neuron needs in a model of width `hidden`: its row of `up` (and `gate`) and
  /// its column of `down`, biases apart.
  public func elementsPerNeuron(hidden: Int) -> Double { Double(gated ? 3 : 2) * Double(hidden) }

  func matrices(
    prefix: String, role: MatrixRole, inputs: Int, copies: Int, used: Int
  ) -> [Matrix] {
    func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
      Matrix(prefix + name, role, rows: rows, columns: columns, copies: copies, used: used)
    }
    var list: [Matrix] = []
    if gated { list.append(matrix("gate", intermediate, inputs)) }
    list.append(matrix("up", intermediate, inputs))
    list.append(matrix("down", inputs, intermediate))
    if bias { list.append(matrix("bias", (gated ? 2 : 1) * intermediate + inputs, 1)) }
    return list
  }
}
