import Hardware
import Programs
import Quantities

/// 16-bit products of cuBLAS with caches flushed before each call: few shapes, so few coefficients.
enum ColdProduct: ProductVariant {
  static let coefficients = [
    CoefficientRange("start", start: 3.5, low: 0.3, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.9, low: 0.05, high: 1.6),
    CoefficientRange("bandwidth-share", start: 0.81, low: 0.05, high: 1.2),
    CoefficientRange("derating", start: 0.4, low: 0.001, high: 4, mayStayOpen: true),
    CoefficientRange("evicted", start: 0.5, low: 0.01, high: 2, mayStayOpen: true),
  ]

  static func coefficients(
    _ values: UnsafePointer<Double>, on device: DeviceFigures
  ) -> ProductCoefficients {
    var all = ProductCoefficients()
    all.start = values[0]
    all.arithmeticShare = values[1]
    all.bandwidthShare = values[2]
    all.derating = values[3]
    all.evicted = values[4]
    // What cold shapes leave open: the library's inner figures, near its fits in graphs on an H200.
    all.loadRate = 80
    all.loadLatency = 1.5
    all.wave = 0.65
    all.pipelineFill = 145
    all.waveRecovery = 0.9
    all.split = 2.7
    all.splitShare = 0.8
    all.deratingTime = 800
    return all
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    ProductTiles.library
  }
}

/// 16-bit products timed by the host, one at a time: what the host takes is all that is fitted.
enum HostTimedProduct: ProductVariant {
  static let coefficients = [
    CoefficientRange("start", start: 24, low: 1, high: 300, unit: "us")
  ]

  static func coefficients(
    _ values: UnsafePointer<Double>, on device: DeviceFigures
  ) -> ProductCoefficients {
    var all = ProductCoefficients()
    all.start = values[0]
    // The library's fits in graphs on an A100.
    all.arithmeticShare = 0.97
    all.bandwidthShare = 0.84
    all.loadRate = 36
    all.loadLatency = 4.2
    all.wave = 0.1
    all.pipelineFill = 180
    all.rollOff = 3.75
    all.waveRecovery = 0.02
    all.split = 2.3
    all.splitShare = 0.65
    all.derating = 0.16
    all.deratingTime = 1400
    LibraryGeneration.fix(&all, on: device)
    return all
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    ProductTiles.library
  }
}
