import Programs
import Quantities

/// The physical quantities of an attention block on a device, in seconds at the device's peaks.
struct AttentionBlockTerms {
  /// Projections: weights from memory, and arithmetic.
  var weights: Double
  var projections: Double
  /// Expansion of latent entries: weights, and arithmetic.
  var expansionWeights: Double
  var expansion: Double
  /// Activations between the kernels.
  var activations: Double
  /// The index: arithmetic, scores written and read, a matrix of scores over the entries of all
  /// sequences together, and what it costs beyond the room that is kept for it.
  var index = 0.0
  var scores = 0.0
  var allScores = 0.0
  var crowding = 0.0
  /// Waves of the choice over the cores, in microseconds, and entries that they go over, in ns.
  var choice = 0.0
  var choiceKeys = 0.0
  /// Attention: arithmetic on attended pairs with whole tiles of heads in whole waves, the same for
  /// every place that may be selected, entries read from memory, and gathered from the cache.
  var attention: Double
  var slots = 0.0
  var entries: Double
  var gather = 0.0
  /// Programs of attention for each core, us, and the keys that one goes over, ns.
  var tiles: Double
  var chain: Double
  /// Scoring of blocks: one program's keys, and all programs', ns.
  var scan = 0.0
  var scanWork = 0.0
  /// Sequences, us.
  var sequences: Double

  /// Rows of a tile of heads, and of a tile of new tokens of the kernel that scores blocks.
  private static let tileHeads = 64.0
  private static let scanRows = 128.0
  /// Entries of all sequences together that the index has room to score in one piece.
  private static let roomyEntries = 4.6e6
  private static let crowdedEntries = 8.4e6

  init(_ call: AttentionBlockCall, on device: DeviceFigures) {
    let sizes = call.model.sizes
    let (rows, heads, batch) = (call.rows, Double(call.heads), Double(call.batch))
    let (context, stride) = (call.context, Double(call.compression))
    let (wide, narrow, bandwidth) = (device.peak(.bf16), device.peak(.fp8), device.bandwidth)
    let inCore = rows / device.cores
    weights = call.weightBytes / bandwidth
    projections = call.projectionFlops / device.peak(call.weights)
    expansionWeights = heads * sizes.expansionWeights * 2 / bandwidth
    expansion = call.expansionFlops / wide
    activations = rows * (sizes.hidden * 8 + heads * (sizes.key + sizes.value) * 4) / bandwidth
    let entriesOfOne = context / stride
    if call.isIndexed {
      let together = batch * entriesOfOne
      index = call.indexFlops / narrow
      scores = call.pairs * 8 / bandwidth
      allScores = rows * together * 4 / bandwidth
      if together > Self.roomyEntries {
        crowding = call.pairs * 4 / bandwidth * (together / Self.crowdedEntries)
      }
      if entriesOfOne > sizes.selected {
        choice = max(inCore, 1) * 1e-6
        choiceKeys = max(inCore, 1) * entriesOfOne * 1e-9
      }
    }
    let selects = call.selects
    let headTiles = (heads / Self.tileHeads).rounded(.up)
    let isGrouped = sizes.groupHeads > 0
    var padded = headTiles * Self.tileHeads
    if isGrouped { padded = sizes.groupHeads * (heads / sizes.groupHeads).rounded(.up) }
    if call.expands { padded = heads }
    var waves = 1.0
    if selects, !call.isDecode, !isGrouped {
      waves = (inCore * headTiles).rounded(.up) / (inCore * headTiles)
    }
    attention = 2 * call.attendedPairs * padded * call.pairWidth * waves / wide
    entries = call.entryBytes / bandwidth
    if selects {
      slots = 2 * rows * padded * sizes.selected * call.pairWidth * waves / wide
      gather = call.attendedPairs * sizes.entry * call.kv.bits / 8 / device.cacheBandwidth
    }
    tiles = inCore * headTiles * waves * 1e-6
    chain = (selects ? min(call.entriesRead, sizes.selected) : entriesOfOne) * 1e-9
    if isGrouped {
      let groups = max(1, heads / sizes.groupHeads)
      scan = context * 1e-9
      scanWork =
        context * batch * (Double(call.tokens) / Self.scanRows).rounded(.up) * groups
        / device.cores * 1e-9
    }
    sequences = batch * 1e-6
  }
}
