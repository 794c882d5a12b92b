import EventKernel
import Quantities

/// What part of the data of a far tier is kept in a near one, and which entry leaves for another.
public struct Residency: Sendable, Hashable {
  public enum Scope: String, CaseIterable, Sendable {
    /// One cache for each (layer, KV head).
    case perHead = "per-head"
    case perLayer = "per-layer"
    /// One cache for the whole model.
    case global
  }

  /// What a cache holds at the first step.
  public enum Start: String, CaseIterable, Sendable {
    case empty
    /// As many entries as fit, the lowest ids first.
    case full
  }

  /// Room, either for the whole scope or in entries of each cache.
  public enum Budget: Sendable, Hashable {
    case bytes(Bytes)
    case entries(Int)
  }

  public var tier: String
  public var budget: Budget
  public var replace: CacheRules.Replacement
  public var evict: CacheRules.Eviction
  public var scope: Scope
  public var start: Start
  /// Batches that an entry outlives its last touch; only with `replace: window`.
  public var window: Int
  /// First entries of a context that never leave: attention sinks. Only for pages.
  public var pinned: Int

  public init(
    tier: String, budget: Budget, replace: CacheRules.Replacement = .lru,
    evict: CacheRules.Eviction = .onInsert, scope: Scope = .perLayer, start: Start = .empty,
    window: Int = 0, pinned: Int = 0
  ) {
    self.tier = tier
    self.budget = budget
    self.replace = replace
    self.evict = evict
    self.scope = scope
    self.start = start
    self.window = window
    self.pinned = pinned
  }
}

/// Fetching before the need is certain.
public struct Prefetch: Sendable, Hashable {
  /// What the guess is made from.
  public enum Predictor: String, CaseIterable, Sendable {
    /// What the layer before used in this step, through the pairs seen so far.
    case previousLayer = "previous-layer"
    /// What this layer used in the step before.
    case previousStep = "previous-step"
    /// What this layer has used most often so far.
    case popularity
  }

  public var by: Predictor
  /// How many layers ahead of the need the fetch is issued.
  public var layers: Int
  /// Entries guessed a layer (a head, for pages); 0 means as many as a step uses.
  public var entries: Int

  public init(by: Predictor, layers: Int, entries: Int = 0) {
    self.by = by
    self.layers = layers
    self.entries = entries
  }
}

/// How data crosses from a far tier to a near one.
public enum Transfer: String, CaseIterable, Sendable {
  /// Copy-engine transfers, one for each entry.
  case copyEngine = "copy-engine"
  /// A kernel on the compute unit that reads the far tier itself; it takes cores.
  case gatherKernel = "gather-kernel"
}

/// A recorded trace that decides sizes, or a recording to draw one of other dimensions from.
public struct TraceReference: Sendable, Hashable {
  public enum Use: Sendable, Hashable {
    /// Play the file as it is.
    case file(String)
    /// Synthesise the scenario's dimensions with the statistics of the file.
    case like(String)
  }

  public var use: Use
  /// First step that counts; the steps before it only warm the caches.
  public var firstStep: Int
  /// Density asked of a synthesised neuron trace; nil keeps the recording's.
  public var density: Double?
  /// What a few tokens in a row touch of a synthesised neuron trace; nil keeps what follows from the
  /// recording.
  public var workingSet: WorkingSet?

  /// The neurons that `window` tokens in a row use between them.
  public struct WorkingSet: Sendable, Hashable {
    public var window: Int
    /// Share of all neurons.
    public var share: Double
    public init(window: Int, share: Double) {
      self.window = window
      self.share = share
    }
  }

  public init(
    use: Use, firstStep: Int = 0, density: Double? = nil, workingSet: WorkingSet? = nil
  ) {
    self.use = use
    self.firstStep = firstStep
    self.density = density
    self.workingSet = workingSet
  }

  /// Whether the trace is drawn rather than played as it is.
  public var isDrawn: Bool {
    if case .like = use { return true }
    return false
  }
}

extension Setting {
  /// The tier on the way to the processor in which a residency keeps its entries; nil when it keeps
  /// them beside the processor.
  func keptOnTheWay(_ residency: Residency?) -> String? {
    residency.flatMap { $0.tier == nearTier ? nil : $0.tier }
  }
}
