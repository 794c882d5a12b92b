/// Which FFN neurons a token computes, and which of their weights it must read.
public struct NeuronsPolicy: Sendable, Hashable {
  /// How the neurons of a token are chosen.
  public enum Selection: Sendable, Hashable {
    case all
    /// Exactly those that fire, known for free: the bound of any predictor.
    case active
    /// A low-rank predictor before the layer. It names every neuron that fires and more.
    case predictor(Predictor)
    /// The gate's product is computed whole; what it leaves large decides which rows of the other
    /// matrices are read: a stated share of them.
    case gate(keep: Double)
    /// A stated share of them; what choosing costs is stated apart.
    case stated(keep: Double)

    /// Whether a trace says which neurons a token chooses.
    public var isByTrace: Bool {
      switch self {
      case .active, .predictor: true
      case .all, .gate, .stated: false
      }
    }
  }

  public struct Predictor: Sendable, Hashable {
    public var rank: Int
    /// Rank in the last `lastLayers` layers, which are harder to predict.
    public var lastRank: Int
    public var lastLayers: Int
    /// Neurons named for each one that fires, at least 1.
    public var overPrediction: Double

    public init(rank: Int, lastRank: Int, lastLayers: Int, overPrediction: Double) {
      self.rank = rank
      self.lastRank = lastRank
      self.lastLayers = lastLayers
      self.overPrediction = overPrediction
    }
  }

  /// Whether a neuron's column and row lie side by side in storage.
  public enum Bundle: String, CaseIterable, Sendable {
    /// Each vector of a neuron is read by itself.
    case none
    /// All vectors of a neuron in one read.
    case rowColumn = "row-column"
  }

  public var selection: Selection
  /// Tokens whose neurons stay resident; 0 reads every chosen neuron anew.
  public var window: Int
  /// The most of all neurons that the window may hold, above 0 and at most 1.
  public var heldShare: Double
  public var bundle: Bundle
  /// Reads in flight.
  public var depth: Int
  /// Bytes rewritten in memory for each byte that comes in: the newcomers, and the slots that leave.
  public var movedPerByte: Double
  /// Whether the chosen neurons are multiplied; false plays their reads alone, as a recording of a
  /// disk does.
  public var compute: Bool
  public var trace: TraceReference?

  public init(
    selection: Selection = .all, window: Int = 0, heldShare: Double = 1,
    bundle: Bundle = .rowColumn, depth: Int = 1, movedPerByte: Double = 0, compute: Bool = true,
    trace: TraceReference? = nil
  ) {
    self.selection = selection
    self.window = window
    self.heldShare = heldShare
    self.bundle = bundle
    self.depth = depth
    self.movedPerByte = movedPerByte
    self.compute = compute
    self.trace = trace
  }
}
