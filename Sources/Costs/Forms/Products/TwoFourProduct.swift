import Hardware
import Programs
import Quantities

/// 2:4 products of cuSPARSELt through PyTorch, caches cold.
///
/// One tile of 256 by 128 serves all sizes, so small `m` pays for 256 rows, and rows beyond `m` cost
/// more than real ones (8 rows take longer than 256): 2:4 loses to the dense product there.
enum TwoFourProduct: ProductVariant {
  static let coefficients = [
    CoefficientRange("start", start: 6.5, low: 0.3, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.92, low: 0.05, high: 1.15, mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.74, low: 0.05, high: 1.2),
    CoefficientRange("load-latency", start: 3.3, low: 0.1, high: 20, unit: "ns", mayStayOpen: true),
    CoefficientRange("wave", start: 1.3, low: 0.01, high: 20, unit: "us", mayStayOpen: true),
    CoefficientRange("split", start: 14, low: 0.1, high: 100, unit: "us", mayStayOpen: true),
    CoefficientRange("derating", start: 1, low: 0.01, high: 5, mayStayOpen: true),
    CoefficientRange("padding-share", start: 0.5, low: 0.05, high: 10),
    CoefficientRange("padding-exponent", start: 0.65, low: 0.1, high: 3, mayStayOpen: true),
  ]

  static func coefficients(
    _ values: UnsafePointer<Double>, on device: DeviceFigures
  ) -> ProductCoefficients {
    var all = ProductCoefficients()
    all.start = values[0]
    all.arithmeticShare = values[1]
    all.bandwidthShare = values[2]
    all.loadLatency = values[3]
    all.wave = values[4]
    all.split = values[5]
    all.derating = values[6]
    all.paddingShare = values[7]
    all.paddingExponent = values[8]
    // Arithmetic hides the loads of so large a tile: its rows fix neither these two, nor, with so
    // few split products, more of a split than its start.
    all.loadRate = 98.6
    all.rollOff = 2.8
    all.splitShare = 0.6
    all.deratingTime = 57
    // What dense products beside them found, with the same flush.
    all.evicted = 0.55
    all.waveRecovery = 0.05
    all.paddingMeets = false
    all.leastDepth = 3000
    return all
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    ProductTiles.twoFour
  }
}
