/// One output tile that a library's matrix products are compiled for, and where it is offered.
struct ProductTile: Sendable {
  /// Rows of `m` and columns of `n` that one core computes together.
  var rows: Double
  var columns: Double
  /// 1 over each; exact, because both are powers of two.
  var perRow: Double
  var perColumn: Double
  /// Products that the library's dispatch gives to this tile.
  var m: ClosedRange<Double>
  var n: ClosedRange<Double>
  /// Whether `k` may be split over several cores, whose partial sums a second pass adds.
  var splits: Bool
  /// Neighbouring tiles along `m` that cores take together.
  var cluster: Double

  init(
    _ rows: Int, _ columns: Int, m: ClosedRange<Double> = 0...1e12,
    n: ClosedRange<Double> = 0...1e12, splits: Bool = true, cluster: Int = 1
  ) {
    self.rows = Double(rows)
    self.columns = Double(columns)
    perRow = 1 / Double(rows)
    perColumn = 1 / Double(columns)
    self.m = m
    self.n = n
    self.splits = splits
    self.cluster = Double(cluster)
  }
}

/// The tiles of the libraries whose products were measured, from small to large.
enum ProductTiles {
  /// cuBLAS, in 16 bits: any tile for any product, the fastest is taken.
  static let library = [
    ProductTile(16, 32), ProductTile(16, 64), ProductTile(16, 128), ProductTile(32, 64),
    ProductTile(64, 64), ProductTile(64, 128), ProductTile(128, 64), ProductTile(128, 128),
    ProductTile(128, 256), ProductTile(256, 128),
  ]

  /// vLLM's CUTLASS FP8 dispatch on Hopper.
  static let scaledHopper = [
    ProductTile(16, 64, m: 0...16, splits: false),
    ProductTile(64, 16, m: 17...64, n: 0...1280, splits: false),
    ProductTile(64, 64, m: 17...64, n: 1281...1e12, splits: false),
    ProductTile(64, 128, m: 65...128, splits: false, cluster: 2),
    ProductTile(128, 128, m: 129...1e12, splits: false, cluster: 2),
  ]

  /// The same dispatch on Blackwell's workstation and server cards.
  static let scaledBlackwell = [
    ProductTile(16, 128, m: 0...16, splits: false),
    ProductTile(64, 64, m: 17...64, splits: false),
    ProductTile(64, 128, m: 65...256, splits: false),
    ProductTile(128, 128, m: 257...1e12, splits: false),
  ]

  /// TensorRT-LLM's weight-only plug-in in 8 bits, with a kernel of its own up to four rows.
  static let weightOnly = [
    ProductTile(4, 16, m: 0...4), ProductTile(16, 128, m: 5...1e12),
    ProductTile(32, 128, m: 5...1e12), ProductTile(64, 128, m: 5...1e12),
    ProductTile(128, 128, m: 5...1e12), ProductTile(128, 256, m: 5...1e12),
  ]

  /// cuSPARSELt's 2:4 products as PyTorch calls them.
  static let twoFour = [ProductTile(256, 128)]

  /// DeepGEMM.
  static let blockScaled = [
    ProductTile(64, 32, splits: false), ProductTile(64, 64, splits: false),
    ProductTile(64, 128, splits: false), ProductTile(128, 128, splits: false),
  ]
}
