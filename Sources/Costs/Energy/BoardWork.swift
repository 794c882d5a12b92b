import Hardware
import Programs
import Quantities

/// What a kernel call makes a board do, in the terms that cost energy.
///
/// Bytes are those that move, not the least that could: weights that stay in the last cache from the
/// call before come from there, and so do activations that fit half of it. Arithmetic is what
/// the tensor units *execute*: a tile's padding rows are multiplied too, so that decode attention,
/// with a few queries in tiles of 64 rows, works its tensor units as hard as a prompt does.
/// *Fails* where a kernel spills registers to memory (heads wider than 256): no size tells that
/// traffic.
public struct BoardWork: Sendable, Hashable {
  /// Bytes through device memory.
  public var memoryBytes: Double
  /// Bytes that the last cache delivers without memory.
  public var cacheBytes: Double
  /// Operations that the units execute, at 16 bits; narrower ones count by their width.
  public var operations: Double
  /// Share of the cores that hold a program.
  public var coreShare: Double
  /// Seconds from the end of the kernel before to the first program: cores hold none then.
  public var start = 0.0

  public init(
    memoryBytes: Double, cacheBytes: Double = 0, operations: Double = 0, coreShare: Double = 1
  ) {
    self.memoryBytes = memoryBytes
    self.cacheBytes = cacheBytes
    self.operations = operations
    self.coreShare = coreShare
  }

  public init(_ call: KernelCall, on device: DeviceFigures) {
    switch call {
    case .product(let call): self.init(call, on: device)
    case .attentionDecode(let call): self.init(call, on: device)
    case .experts(let call): self.init(call, on: device)
    case .attentionPrefill(let call):
      self.init(
        memoryBytes: call.bytes, operations: call.flops * call.arithmetic.bits / 16)
    case .gatheredFeedForward(let call):
      self.init(memoryBytes: call.bytes, operations: call.flops * call.precision.bits / 16)
    case .transfer(let call): self.init(memoryBytes: call.bytes)
    case .storageRead, .collective, .expertExchange:
      self.init(memoryBytes: 0, coreShare: 0)
    case .attentionBlock, .attentionPart, .mixedAttention, .elementwise, .groupedProduct, .host:
      self.init(memoryBytes: call.bytes, operations: call.flops)
    }
    start = device.graphNode
  }

  /// Weights are reused from the cache when what passes between two uses leaves them there.
  static let reusedShare = 0.9
  /// Rows and columns of the tensor units' tiles.
  static let tile = (rows: 64.0, columns: 128.0)
  /// Rows up to which a library multiplies without tensor units, or with the operands exchanged.
  static let fewRows = 8

  private init(_ call: MatrixCall, on device: DeviceFigures) {
    let (m, n, k) = (Double(call.m), Double(call.n), Double(call.k))
    let weights = call.weightBytes
    let activations = call.bytes - weights
    let isNear = call.reuseBytes < Self.reusedShare * device.cacheBytes
    let isSmall = activations < device.cacheBytes / 2
    let few = call.m <= Self.fewRows
    let rows = few ? m : (m / Self.tile.rows).rounded(.up) * Self.tile.rows
    let columns = few ? n : (n / Self.tile.columns).rounded(.up) * Self.tile.columns
    // Few rows are cut into narrow tiles, long sums into four parts.
    let tiles =
      (m / 128).rounded(.up) * (n / (few ? 8 : Self.tile.columns)).rounded(.up)
      * (k > 1024 ? 4 : 1)
    self.init(
      memoryBytes: (isNear ? 0 : weights) + (isSmall ? 0 : activations),
      cacheBytes: (isNear ? weights : 0) + (isSmall ? activations : 0),
      operations: 2 * rows * columns * k * (call.isTwoFour ? 0.5 : 1) * call.arithmetic.bits / 16,
      coreShare: min(1, tiles / device.cores))
  }

  private init(_ call: DecodeAttentionCall, on device: DeviceFigures) {
    // A window that starts within a block takes one block more, all of which is read.
    let isCut = call.window > 0 && call.window < call.context
    let blocks = (Double(call.read) / Self.tile.columns).rounded(.up) + (isCut ? 1 : 0)
    let seen = min(Double(call.context), isCut ? blocks * Self.tile.columns : Double(call.read))
    let bytes = call.kvBytes * seen / Double(max(1, call.read))
    let isNear = !call.isCold && bytes < Self.reusedShare * device.cacheBytes
    let sequences = Double(call.batch) * Double(call.kvHeads)
    let group = Double(call.heads) / Double(call.kvHeads)
    let rows = (group / Self.tile.rows).rounded(.up) * Self.tile.rows
    let dimensions = Double(call.keyDimension + call.valueDimension)
    let programs = sequences * max(1, (Double(call.read) / 1024).rounded(.up))
    self.init(
      memoryBytes: isNear ? 0 : bytes, cacheBytes: isNear ? bytes : 0,
      operations: 2 * sequences * rows * blocks * Self.tile.columns * dimensions,
      coreShare: min(1, programs / device.cores))
  }

  private init(_ call: ExpertCall, on device: DeviceFigures) {
    let weights = call.load.active * call.expertWeights * call.weights.bits / 8
    // Up and gate are written, read, multiplied and written, read; results are written and read.
    let elements = call.passingSlots * (6 * call.localInner + 2 * Double(call.hidden))
    let activations = 2 * elements
    let isNear = !call.isCold && weights < device.cacheBytes / 2
    let isSmall = activations < device.cacheBytes / 2
    let place = Self.tilePlace(call)
    let rows = call.load.tiles[place] * Double(ExpertLoad.tileRows[place])
    self.init(
      memoryBytes: (isNear ? 0 : weights) + (isSmall ? 0 : activations),
      cacheBytes: (isNear ? weights : 0) + (isSmall ? activations : 0),
      operations: 2 * rows * call.expertWeights * call.arithmetic.bits / 16)
  }

  /// The rows of a tile that the library takes; where it searches, 16 for up to 32 rows an expert.
  private static func tilePlace(_ call: ExpertCall) -> Int {
    switch call.tiling {
    case .rows(let place): place
    case .small: 0
    case .large: 2
    case .best: call.load.slots <= 32 * max(1, call.load.active) ? 0 : 2
    }
  }
}
