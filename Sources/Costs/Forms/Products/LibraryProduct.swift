import Hardware
import Programs
import Quantities

/// 16-bit products of cuBLAS, as vLLM, SGLang and TensorRT-LLM call it in a graph.
enum LibraryProduct: SurfacedProduct {
  static let coefficients = [
    CoefficientRange("start", start: 2.5, low: 0.3, high: 100, unit: "us", mayStayOpen: true),
    CoefficientRange("arithmetic-share", start: 0.92, low: 0.05, high: 1.15, mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.05, high: 1.2),
    CoefficientRange(
      "load-rate", start: 45, low: 3, high: 1000, unit: "B/clock", mayStayOpen: true),
    CoefficientRange(
      "load-latency", start: 1.8, low: 0.1, high: 20, unit: "ns", mayStayOpen: true),
    CoefficientRange(
      "wave", start: 0.2, low: 0.005, high: 10, unit: "us", mayStayOpen: true),
    CoefficientRange(
      "pipeline-fill", start: 160, low: 1, high: 2000, unit: "elements", mayStayOpen: true),
    CoefficientRange("roll-off", start: 4, low: 1.5, high: 20, mayStayOpen: true),
    CoefficientRange("wave-recovery", start: 0.3, low: 0.001, high: 1, mayStayOpen: true),
    CoefficientRange("split", start: 2.2, low: 0.1, high: 50, unit: "us", mayStayOpen: true),
    CoefficientRange("split-share", start: 0.8, low: 0.02, high: 50, mayStayOpen: true),
    CoefficientRange("derating", start: 0.15, low: 0.001, high: 4, mayStayOpen: true),
    CoefficientRange(
      "derating-time", start: 1200, low: 20, high: 50000, unit: "us", mayStayOpen: true),
    CoefficientRange("cache-share", start: 0.9, low: 0.02, high: 100, mayStayOpen: true),
    CoefficientRange("cache-sharpness", start: 4, low: 0.3, high: 30, mayStayOpen: true),
    CoefficientRange("cache-bandwidth-share", start: 0.4, low: 0.05, high: 2, mayStayOpen: true),
    CoefficientRange("vector-share", start: 0.7, low: 0.02, high: 2, mayStayOpen: true),
  ]

  /// Where caches give nothing, their share of the bytes is a ramp of bandwidth with size.
  static let otherStarts = [
    ["cache-share": 20, "cache-sharpness": 1, "cache-bandwidth-share": 0.25, "load-latency": 4]
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
    all.split = values[9]
    all.splitShare = values[10]
    all.derating = values[11]
    all.deratingTime = values[12]
    all.cacheShare = values[13]
    all.cacheSharpness = values[14]
    all.cacheBandwidthShare = values[15]
    all.vectorShare = values[16]
    LibraryGeneration.fix(&all, on: device)
    return all
  }

  static let isOneLibrary = true

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    ProductTiles.library
  }

  /// How much a cache helped, or that it did not, is of one device: another starts from what all
  /// that were measured have in common.
  static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    let same = SameKernels(from: donor, to: device)
    values[1] = same.share(values[1])
    values[11] = same.derating(values[11], low: coefficients[11].low)
    values[13] = 0.9
    values[14] = 8
    values[15] = 0.45
    return values
  }
}

/// What differs between cuBLAS before and since Hopper, told by whether the device computes in FP8.
enum LibraryGeneration {
  /// Fixed, because they choose among cuts and the time does not follow them smoothly.
  ///
  /// On Ampere a product just above one wave of the largest tile keeps that tile and pays for two
  /// waves when `k` is short, and is split by two or three when `k` is at least 3000: read from
  /// timings on an A100, not from kernel names. Since Hopper persistent kernels share out the last
  /// wave, and a core gets 128 elements of `k` or more.
  @inline(__always)
  static func fix(_ all: inout ProductCoefficients, on device: DeviceFigures) {
    if device.peak(.fp8) > device.peak(.bf16) {
      all.leastDepth = 128
    } else {
      all.leastDepth = 64
      all.leastDepthOfLargeGrids = 3000
      all.wavesOfLargeTiles = 2
    }
  }
}
