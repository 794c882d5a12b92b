/// How many passes, and through how many layers, buy a token.
///
/// A step stays what yields tokens: with a policy here it may take several passes, and yield several
/// tokens.
public struct DepthPolicy: Sendable, Hashable {
  /// Which model proposes the tokens that are verified.
  public enum DraftModel: Sendable, Hashable {
    case named(String)
    case inline
  }

  /// Positions that are guessed and go through the whole model together.
  public struct Draft: Sendable, Hashable {
    /// Positions of a sequence in the verifying pass, the last accepted token among them.
    public var tokens: Int
    /// Tokens that a step yields in the mean.
    public var accepted: Double
    /// Nil: the guesses come from the pass itself, or from nothing that is priced.
    public var model: DraftModel?
    /// Passes of the draft model a step, one after another.
    public var passes: Int
    /// Positions of a sequence in one pass of the draft model.
    public var width: Int
    /// Whether the draft model uses the embeddings and the head of the model.
    public var sharesEnds: Bool
    /// Heads beside the model's, each a square product and one of the vocabulary, over all positions.
    public var heads: Int

    public init(
      tokens: Int, accepted: Double, model: DraftModel? = nil, passes: Int = 1, width: Int = 1,
      sharesEnds: Bool = false, heads: Int = 0
    ) {
      self.tokens = tokens
      self.accepted = accepted
      self.model = model
      self.passes = passes
      self.width = width
      self.sharesEnds = sharesEnds
      self.heads = heads
    }
  }

  /// Leaving the model before its last layer.
  public struct Exit: Sendable, Hashable {
    /// Layers that a step runs in the mean; the part of one is run in that share of the steps.
    public var meanLayers: Double
    public var predictor: Predictor?
    /// Columns of the head that the predictor looks at, gathered once a step; 0 for none.
    public var candidates: Int
    /// Passes through the whole head beside the one that yields the token: guesses that it refused.
    public var refused: Int

    public init(
      meanLayers: Double, predictor: Predictor? = nil, candidates: Int = 0, refused: Int = 0
    ) {
      self.meanLayers = meanLayers
      self.predictor = predictor
      self.candidates = candidates
      self.refused = refused
    }

    /// A network of two layers that says whether to leave.
    public struct Predictor: Sendable, Hashable {
      public var inputs: Int
      public var width: Int
      /// The layers that may have it.
      public var layers: LayerRange
      /// One layer of so many has it, the last of each run.
      public var every: Int
      /// Kernels beside its products: a norm, the features, their differences, the decision.
      public var launches: Int

      public init(
        inputs: Int, width: Int, layers: LayerRange = .all, every: Int = 1, launches: Int = 0
      ) {
        self.inputs = inputs
        self.width = width
        self.layers = layers
        self.every = every
        self.launches = launches
      }

      /// Whether a layer of a model has it.
      func stands(after layer: Int, of count: Int) -> Bool {
        layers.contains(layer, of: count) && (layer + 1).isMultiple(of: every)
      }
    }
  }

  /// Tokens of a sparse model, which the whole one corrects now and then.
  public struct Correct: Sendable, Hashable {
    /// Tokens that one pass of the whole model goes over; all but one of them come from sparse passes.
    public var every: Int
    /// Tokens of these that stay in the mean.
    public var accepted: Double

    public init(every: Int, accepted: Double) {
      self.every = every
      self.accepted = accepted
    }
  }

  public var draft: Draft?
  public var exit: Exit?
  public var correct: Correct?

  public init(draft: Draft? = nil, exit: Exit? = nil, correct: Correct? = nil) {
    self.draft = draft
    self.exit = exit
    self.correct = correct
  }

  /// Tokens of a sequence that a step yields in the mean, at least 1.
  public var accepted: Double { draft?.accepted ?? correct?.accepted ?? 1 }

  /// Positions of a sequence in the pass that yields them.
  public var positions: Int { draft?.tokens ?? correct?.every ?? 1 }

  /// Whether a step takes passes before the one that yields its tokens.
  var takesPasses: Bool { draft?.model != nil || correct != nil }
}
