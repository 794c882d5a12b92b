import Quantities

/// One unit of work on one stream, with sizes that may depend on a count from the trace.
public struct Operation: Sendable, Hashable {
  /// The form of an operation decides its cost formula; see `Costs`.
  public enum Kind: String, CaseIterable, Sendable {
    /// Product of a weight matrix with one or a few token vectors.
    case matrixVector = "gemv"
    /// Product of a weight matrix with many token vectors.
    case matrixProduct = "gemm"
    /// Attention of one new token a sequence over KV entries.
    case attentionDecode = "attention-decode"
    /// Causal attention of a whole prompt.
    case attentionPrefill = "attention-prefill"
    /// A product of its own small matrix for each sequence and head: scores of page means.
    case batchedMatrixVector = "batched-gemv"
    /// Norms, activations, residuals, routers: kernels without reuse.
    case elementwise
    /// Elementwise kernels whose operands have different shapes or strides.
    case broadcast
    /// A number for each row: sum, mean, largest.
    case rowReduction = "row-reduction"
    /// Finds the greatest of each row, a program a row.
    case topK = "top-k"
    /// Orders what each row keeps.
    case sort
    /// A kernel that reads scattered rows from a far tier over a link, a program a row.
    case gather
    /// Transfers by a copy engine.
    case copy
    /// Random reads of chunks from storage, several in flight.
    case storageRead = "storage-read"
    /// Data moved within one tier by a processor: cache insertion, compaction.
    case move
    /// Time on a stream that is stated, not priced: the host's scheduling of a step.
    case hostIssue = "host-issue"
    /// A kernel that reads scattered rows of a table where it computes.
    case lookup
    /// Joins arrays number by number, without wide loads.
    case join
    /// One thread's walk, each of whose loads waits for the one before: a merge of two lists.
    case chain

    /// The position of this case among all, for tables by kind.
    @inlinable public var place: Int {
      switch self {
      case .matrixVector: 0
      case .matrixProduct: 1
      case .attentionDecode: 2
      case .attentionPrefill: 3
      case .batchedMatrixVector: 4
      case .elementwise: 5
      case .broadcast: 6
      case .rowReduction: 7
      case .topK: 8
      case .sort: 9
      case .gather: 10
      case .copy: 11
      case .storageRead: 12
      case .move: 13
      case .hostIssue: 14
      case .lookup: 15
      case .join: 16
      case .chain: 17
      }
    }
  }

  public var name: String
  public var site: Site
  public var kind: Kind
  /// Index into `Program.streams`.
  public var stream: Int
  public var precision: Precision
  public var flops: Affine
  public var traffic: [Traffic]
  /// Independent pieces: rows of a gather, transfers of a copy, chunks of a read, else 1.
  public var pieces: Affine
  /// Kernels launched one after another for this operation.
  public var launches: Affine
  /// Rows of activations that each launch works on: the batch's tokens.
  public var rows: Double
  /// Numbers in a row, where the kernel's time goes by it.
  public var width: Double
  /// Requests in flight of a storage read.
  public var queueDepth: Int
  /// Index of the column that gives the count; nil means that the count is always 1.
  public var column: Int?
  /// Not issued at all where its count is 0.
  public var skippedWhenEmpty: Bool
  public var after: [Dependency]
  /// The kernel call that it stands for, where its sizes are known and a calibrated kernel may
  /// price it.
  public var call: SizedCall?

  public init(
    name: String, site: Site, kind: Kind, stream: Int, precision: Precision = .fp16,
    flops: Affine = .zero, traffic: [Traffic], pieces: Affine = Affine(base: 1),
    launches: Affine = Affine(base: 1), rows: Double = 1, width: Double = 1,
    queueDepth: Int = 1, column: Int? = nil,
    skippedWhenEmpty: Bool = false, after: [Dependency] = [], call: SizedCall? = nil
  ) {
    self.name = name
    self.site = site
    self.kind = kind
    self.stream = stream
    self.precision = precision
    self.flops = flops
    self.traffic = traffic
    self.pieces = pieces
    self.launches = launches
    self.rows = rows
    self.width = width
    self.queueDepth = queueDepth
    self.column = column
    self.skippedWhenEmpty = skippedWhenEmpty
    self.after = after
    self.call = call
  }
}

/// An operation that must have finished first.
///
/// Operations of one stream already follow each other, so only other streams are named.
public struct Dependency: Sendable, Hashable {
  /// The name of the operation; in an earlier block without it, that block's last operation.
  public var operation: String
  /// How many blocks back in the order of execution; 0 is the same block. Before the first block
  /// of a step stands the last block of the step before.
  public var blocksBack: Int
  public init(on operation: String, blocksBack: Int = 0) {
    self.operation = operation
    self.blocksBack = blocksBack
  }
}
