import Hardware
import Programs
import Quantities

/// FP8 products of vLLM's CUTLASS kernels, with the kernel that quantises the input before them.
///
/// The tile follows from `m` and `n` by the dispatch's own rules, and `k` is never split. Rows of
/// the last tile beyond `m` cost more than real ones: 129 rows of 16384 by 16384 take longer than
/// 256. They are charged as traffic through the last cache; the timings are sure, the cause is a
/// guess (asynchronous copies that fill in rows which do not exist, all from the same lines).
enum ScaledProduct: SurfacedProduct {
  static let coefficients = [
    CoefficientRange("start", start: 2.7, low: 0.3, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.95, low: 0.05, high: 1.6, mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.9, low: 0.05, high: 1.2),
    CoefficientRange(
      "load-rate", start: 150, low: 3, high: 1000, unit: "B/clock", mayStayOpen: true),
    CoefficientRange("load-latency", start: 0.75, low: 0.05, high: 20, unit: "ns"),
    CoefficientRange("wave", start: 0.5, low: 0.005, high: 10, unit: "us", mayStayOpen: true),
    CoefficientRange(
      "pipeline-fill", start: 7, low: 0.1, high: 2000, unit: "elements", mayStayOpen: true),
    CoefficientRange("roll-off", start: 2.6, low: 1.5, high: 20),
    CoefficientRange("wave-recovery", start: 0.1, low: 0.001, high: 1, mayStayOpen: true),
    CoefficientRange("derating", start: 0.4, low: 0.001, high: 4, mayStayOpen: true),
    CoefficientRange(
      "derating-time", start: 300, low: 5, high: 50000, unit: "us", mayStayOpen: true),
    CoefficientRange("cache-share", start: 2, low: 0.02, high: 100, mayStayOpen: true),
    CoefficientRange("cache-bandwidth-share", start: 0.35, low: 0.05, high: 2, mayStayOpen: true),
    CoefficientRange("padding-share", start: 0.55, low: 0.05, high: 20),
    CoefficientRange("quantiser-row", start: 0.8, low: 0.01, high: 20, unit: "us"),
    CoefficientRange(
      "quantiser-element", start: 0.15, low: 0.005, high: 5, unit: "ns", mayStayOpen: true),
    CoefficientRange("quantiser-share", start: 0.5, low: 0.05, high: 3, mayStayOpen: true),
  ]

  static let otherStarts = [
    ["cache-share": 0.9, "pipeline-fill": 150, "load-rate": 70, "arithmetic-share": 1.3]
  ]

  static func coefficients(
    _ values: UnsafePointer<Double>, on device: DeviceFigures
  ) -> ProductCoefficients {
    var all = ProductCoefficients()
    all.start = values[0]
    all.arithmeticShare = values[1]
    all.bandwidthShare = values[2]
    all.loadRate = values[3]
    all.loadLatency = values[4]
    all.wave = values[5]
    all.pipelineFill = values[6]
    all.rollOff = values[7]
    all.waveRecovery = values[8]
    all.derating = values[9]
    all.deratingTime = values[10]
    all.cacheShare = values[11]
    all.cacheBandwidthShare = values[12]
    all.paddingShare = values[13]
    all.quantiserRow = values[14]
    all.quantiserElement = values[15]
    all.quantiserShare = values[16]
    // No timing tells it from the start of the product: a launch in a graph and its first loads.
    all.quantiserStart = 2
    // Weights that stay in the cache help gradually where they stay at all (Hopper), and the larger
    // cache of the cards with more cores keeps them until it is full.
    all.cacheSharpness = isHopper(device) ? 1 : 12
    return all
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    isHopper(device) ? ProductTiles.scaledHopper : ProductTiles.scaledBlackwell
  }

  /// Hopper has 132 cores at most; Blackwell's cards that were measured have 188.
  @inline(__always)
  private static func isHopper(_ device: DeviceFigures) -> Bool { device.cores <= 140 }

  /// How much a cache helped is of one device.
  static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    let same = SameKernels(from: donor, to: device)
    values[1] = same.share(values[1])
    values[9] = same.derating(values[9], low: coefficients[9].low)
    values[11] = 0.9
    values[12] = 0.4
    return values
  }
}
