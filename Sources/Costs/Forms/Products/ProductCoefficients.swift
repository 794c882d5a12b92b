/// Everything that a product's price depends on beside its sizes and the device's data sheet.
///
/// A variant fits some of them and leaves the others at the values here or at its own constants.
/// Times are in microseconds.
struct ProductCoefficients {
  /// What a call takes beside its work: the first loads, the last stores, the step to the next.
  var start = 2.5
  /// Share of peak arithmetic that a core reaches inside a tile.
  var arithmeticShare = 0.9
  /// Share of memory bandwidth that a long run reaches.
  var bandwidthShare = 0.85
  /// Operand bytes that a core takes in for each clock.
  var loadRate = 50.0
  /// Time that one element of `k` waits for the loads before it, in nanoseconds.
  var loadLatency = 1.0
  /// A further wave of tiles.
  var wave = 0.5
  /// Elements of `k` whose time passes before a core's pipeline is full.
  var pipelineFill = 50.0
  /// The norm by which arithmetic, operand loads and memory join: 1 in turn, infinite overlapped.
  var rollOff = 4.0
  /// Share of the idle part of the last wave that dynamic schedules recover.
  var waveRecovery = 0.3
  /// The pass that adds the partial sums of a split product.
  var split = 2.0
  /// Share of the cache's bandwidth that partial sums pass with.
  var splitShare = 0.5
  /// Slowing of a long product at peak, as the clock falls to keep the board's power.
  var derating = 0.1
  /// Busy time after which half of that shows.
  var deratingTime = 1000.0
  /// Share of the last cache that data stays in between uses.
  var cacheShare = 0.8
  /// How sharply data stops to stay there as it grows.
  var cacheSharpness = 4.0
  /// Share of the cache's bandwidth that data which stayed there is read with.
  var cacheBandwidthShare = 0.5
  /// Bytes that leave the last cache for memory as cold data takes their place, as a share of what
  /// comes in, up to the cache's size: what was there had been written and not read.
  var evicted = 0.0
  /// For one row, load latency and split pass as a share of what they are for several: another
  /// kernel, made for vectors.
  var vectorShare = 0.9
  /// Share of the cache's bandwidth at which rows beyond the last tile of `m` are filled in.
  var paddingShare = Double.infinity
  /// How that traffic grows with the share of such rows.
  var paddingExponent = 1.0
  /// Whether it costs only where many cores do it at once: then with the cube of their share.
  var paddingMeets = true
  /// Input quantisation: its start; time of a row on one core, and of each 1000 elements of it; and
  /// the share of memory bandwidth it reaches.
  var quantiserStart = 2.0
  var quantiserRow = 0.9
  var quantiserElement = 0.2
  var quantiserShare = 0.8
  /// Fewest elements of `k` that a core is given by a split.
  var leastDepth = 64.0
  /// The same for splits by two or three into more than two waves; infinite for none of those.
  var leastDepthOfLargeGrids = Double.infinity
  /// Waves beyond which the library no longer leaves its largest tiles for smaller ones.
  var wavesOfLargeTiles = Double.infinity
}
