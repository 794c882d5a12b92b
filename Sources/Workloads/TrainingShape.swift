import Quantities

/// What a step of training does beyond a forward pass, and what it keeps for it.
///
/// The tokens of a sequence are those of the prompt.
public struct TrainingShape: Sendable, Hashable {
  /// What an update reads and writes of each trained weight.
  public enum Optimiser: String, CaseIterable, Sendable {
    /// Gradients are computed and nothing is updated.
    case none
    case sgd
    /// Two moments and the weights' own copy, all in fp32.
    case adam
  }

  /// What is thrown away in the forward pass and computed again.
  public enum Recompute: String, CaseIterable, Sendable {
    case none
    /// All but the input of each layer.
    case layers
  }

  /// Low-rank matrices beside frozen ones: inputs to rank to outputs.
  public struct Adapters: Sendable, Hashable {
    public var rank: Int
    /// Names of the matrices that have one, as `lacuna models` prints them.
    public var targets: [String]
    public init(rank: Int, targets: [String]) {
      self.rank = rank
      self.targets = targets
    }
  }

  /// Kept activations that wait for the backward pass in another tier.
  public struct Offload: Sendable, Hashable {
    public var tier: String
    /// Share of what layers keep.
    public var share: Double
    /// Whether copies run beside the layers; else each layer waits for its own.
    public var overlaps: Bool
    public init(tier: String, share: Double, overlaps: Bool) {
      self.tier = tier
      self.share = share
      self.overlaps = overlaps
    }
  }

  /// Whether there is a backward pass; without one only the forward pass of a step is played.
  public var goesBack = true
  public var optimiser = Optimiser.adam
  /// Nil trains every weight.
  public var adapters: Adapters?
  public var recompute = Recompute.none
  public var offload: Offload?
  /// Tokens of which logits and loss are computed at once, and again in the backward pass; nil is all,
  /// once.
  public var lossChunk: Int?
  /// The format in which the loop holds the logits and KV that the forward pass returns, until the
  /// backward pass begins; nil returns none.
  public var outputs: Precision?
  /// Share of the inner activations of dense feed-forward blocks that is kept.
  public var keptFFN = 1.0

  public init() {}
}
