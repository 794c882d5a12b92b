import Hardware
import Programs
import Quantities

/// Products of 16-bit input with 8-bit or 4-bit integer weights: TensorRT-LLM's plug-in.
///
/// The kernel is chosen by timing at build time and the tables are steps of 1.024 us, with wild
/// choices among them: rows of one shape can be twice their neighbours'.
enum WeightOnlyProduct: SurfacedProduct {
  static let coefficients = [
    CoefficientRange("start", start: 9.5, low: 0.3, high: 100, unit: "us"),
    CoefficientRange("arithmetic-share", start: 0.84, low: 0.05, high: 1.6),
    CoefficientRange("bandwidth-share", start: 0.83, low: 0.05, high: 1.2),
    CoefficientRange("load-rate", start: 20, low: 2, high: 1000, unit: "B/clock"),
    CoefficientRange(
      "load-latency", start: 1.1, low: 0.05, high: 20, unit: "ns", mayStayOpen: true),
    CoefficientRange("wave", start: 0.02, low: 0.001, high: 10, unit: "us", mayStayOpen: true),
    CoefficientRange("pipeline-fill", start: 100, low: 1, high: 2000, unit: "elements"),
    CoefficientRange("roll-off", start: 5.5, low: 1.5, high: 30),
    CoefficientRange("wave-recovery", start: 0.8, low: 0.001, high: 1, mayStayOpen: true),
    CoefficientRange("split", start: 14, low: 0.1, high: 100, unit: "us", mayStayOpen: true),
    CoefficientRange("split-share", start: 8, low: 0.02, high: 100, mayStayOpen: true),
    CoefficientRange("derating", start: 0.01, low: 0.0005, high: 4, mayStayOpen: true),
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
    // Half of the cost of splits and latency for one row: the plug-in's kernel for vectors.
    all.vectorShare = 0.5
    all.deratingTime = 1300
    return all
  }

  static func tiles(_ call: MatrixCall, on device: DeviceFigures) -> [ProductTile] {
    call.weights.bits < 8 ? ProductTiles.library : ProductTiles.weightOnly
  }
}
