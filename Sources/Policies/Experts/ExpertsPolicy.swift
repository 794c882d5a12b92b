/// Where the experts of a mixture live, and how the chosen ones reach the processor.
public struct ExpertsPolicy: Sendable, Hashable {
  public enum OnMiss: String, CaseIterable, Sendable {
    case fetch
    /// The host computes the expert where it is.
    case host
  }

  /// How far fetching and computing overlap inside a layer.
  public enum Overlap: String, CaseIterable, Sendable {
    /// All fetches of a layer end before its experts start.
    case none
    /// The matrices of the experts come one kind after another; each kind is multiplied as soon as
    /// it is there.
    case projection
  }

  /// Nil: beside the processor.
  public var tier: String?
  public var resident: Residency?
  public var transfer: Transfer
  public var onMiss: OnMiss
  public var overlap: Overlap
  public var prefetch: Prefetch?
  /// Reads or copies in flight.
  public var depth: Int
  /// Bytes handled in memory for each byte that comes in: cache insertion and eviction.
  public var movedPerByte: Double
  /// Whether the gate's and the up matrix of an expert are stored, and so read, as one.
  public var fusedGate: Bool
  /// Whether the chosen experts are computed; without, a run that fetched them alone is modelled.
  public var compute = true
  /// Experts a token runs, when fewer than the model's.
  public var topK: Int?
  /// What a few tokens in a row choose between them, where it is stated; else each chooses evenly.
  public var union: ExpertUnion?
  public var trace: TraceReference?

  /// The column that counts the experts that come in, whether missed or fetched on a guess; nil when
  /// none can.
  public var insertedColumn: String? {
    switch (onMiss, prefetch != nil) {
    case (.fetch, true): "experts.inserted"
    case (.fetch, false): "experts.missed"
    case (.host, true): "experts.prefetched"
    case (.host, false): nil
    }
  }

  public init(
    tier: String? = nil, resident: Residency? = nil, transfer: Transfer = .copyEngine,
    onMiss: OnMiss = .fetch, overlap: Overlap = .none, prefetch: Prefetch? = nil, depth: Int = 1,
    movedPerByte: Double = 0, fusedGate: Bool = false, topK: Int? = nil,
    union: ExpertUnion? = nil, trace: TraceReference? = nil
  ) {
    self.tier = tier
    self.resident = resident
    self.transfer = transfer
    self.onMiss = onMiss
    self.overlap = overlap
    self.prefetch = prefetch
    self.depth = depth
    self.movedPerByte = movedPerByte
    self.fusedGate = fusedGate
    self.topK = topK
    self.union = union
    self.trace = trace
  }
}
