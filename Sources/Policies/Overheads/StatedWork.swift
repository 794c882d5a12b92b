import Programs
import Quantities

/// Work that a method does beside the model's own, stated in counts and bytes: an estimate, a gate, a
/// search, a permutation, a read of codes.
public struct StatedWork: Sendable, Hashable {
  public enum Phase: String, CaseIterable, Sendable { case prompt, decode }

  /// For how many heads something is done.
  public enum Heads: Sendable, Hashable {
    case query, kv, one
    case count(Int)
  }

  /// Inner products of queries with keys.
  public struct Scores: Sendable, Hashable {
    /// Nil: the one new token of a decode step, all computed tokens of a prompt.
    public var queries: TokenAmount?
    public var keys: TokenAmount
    public var heads: Heads
    /// Numbers of a key.
    public var width: Int
    /// Of the keys; nil is that of activations.
    public var precision: Precision?
    /// Whether the scores go to memory.
    public var writes: Bool

    public init(
      queries: TokenAmount? = nil, keys: TokenAmount = .all, heads: Heads = .query, width: Int,
      precision: Precision? = nil, writes: Bool = false
    ) {
      self.queries = queries
      self.keys = keys
      self.heads = heads
      self.width = width
      self.precision = precision
      self.writes = writes
    }
  }

  /// What goes through a product.
  public enum Rows: Sendable, Hashable {
    /// The one new token of a decode step, all computed tokens of a prompt.
    case computed
    case amount(TokenAmount)
    /// The tokens of a prompt before compression.
    case prompt
  }

  public enum Work: Sendable, Hashable {
    /// Kernels that do next to nothing.
    case launches
    case scores(Scores)
    /// Rows times a matrix of weights for each head.
    case product(rows: Rows, inputs: Int, outputs: Int, heads: Heads)
    /// The greatest `keep` of each row of scores.
    case topK(rows: TokenAmount?, heads: Heads, of: TokenAmount, keep: Int)
    /// Tokens that are read and written again beside the processor; of a prompt's pass those that it
    /// computes, or all that it sees. By whole words, or by a kernel that moves each number by itself.
    case move(TokenAmount, bytesPerToken: Double, ofSeen: Bool, byNumber: Bool)
    /// Tokens that are read, from another tier where one is named.
    case read(TokenAmount, bytesPerToken: Double, tier: String?)
    /// Loads of which each waits for the one before, in every launch: a merge of lists by a thread.
    case chain(of: TokenAmount)
  }

  /// The most works that one method states.
  public static let limit = 64

  public var name: String
  public var phase: Phase
  /// The site that its time counts for.
  public var site: Site
  public var layers: LayerRange
  public var work: Work
  /// Kernels, one after another.
  public var launches: Int
  /// Whether the host waits for the device before it launches this and until it is through, as where
  /// it copies a number over; it matters where kernels are launched one by one.
  public var waits: Bool
  /// Decode steps of which one does it, the others using its result.
  public var everySteps: Int
  /// How often a backward pass does the work of the forward pass.
  public var backward: Double

  public init(
    name: String, phase: Phase, site: Site = .attention, layers: LayerRange = .all, work: Work,
    launches: Int = 1, waits: Bool = false, everySteps: Int = 1, backward: Double = 0
  ) {
    self.name = name
    self.phase = phase
    self.site = site
    self.layers = layers
    self.work = work
    self.launches = launches
    self.waits = waits
    self.everySteps = everySteps
    self.backward = backward
  }
}

extension Setting {
  /// Which of the stated works of a decode step are for a layer, a bit each.
  func statedWork(layer: Int) -> UInt64 {
    var bits: UInt64 = 0
    for (place, work) in method.overheads.prefix(StatedWork.limit).enumerated()
    where work.phase == .decode && work.layers.contains(layer, of: model.layerCount) {
      bits |= 1 << UInt64(place)
    }
    return bits
  }
}
