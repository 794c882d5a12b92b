import Hardware
import Programs
import Quantities

/// FP8 products of DeepGEMM with scales by block, input quantised before, caches cold.
enum BlockScaledProduct: ProductVariant {
  static let coefficients = [
    CoefficientRange("start", start: 4, low: 0.3, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.9, low: 0.05, high: 1.6),
    CoefficientRange("bandwidth-share", start: 0.75, low: 0.05, high: 1.2),
    CoefficientRange(
      "load-rate", start: 60, low: 3, high: 1000, unit: "B/clock", mayStayOpen: true),
    CoefficientRange(
      "load-latency", start: 0.8, low: 0.05, high: 20, unit: "ns", mayStayOpen: true),
    CoefficientRange("wave-recovery", start: 0.35, low: 0.001, high: 1, mayStayOpen: true),
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
    all.waveRecovery = values[5]
    return all
  }

  static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    values[1] = SameKernels(from: donor, to: device).share(values[1])
    return values
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    ProductTiles.blockScaled
  }
}
