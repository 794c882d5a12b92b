import Hardware
import Programs
import Quantities

/// An operation that goes over numbers once.
///
/// `start + row x rows a core + m bytes / (bandwidth-share x bandwidth)
/// + (1 - m) bytes / (cache-share x the last cache's bandwidth)`, with
/// `m = 1 - 1 / (1 + (bytes / (room x cache))^edge)`: what a cache holds of the operation before
/// comes from there. It fails at the sizes where a library changes its kernel.
public enum ElementwiseForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 3, low: 0.1, high: 200, unit: "us", pull: 0.02),
    CoefficientRange("row", start: 0.01, low: 1e-5, high: 100, unit: "us", pull: 0.02),
    CoefficientRange("bandwidth-share", start: 0.8, low: 0.01, high: 1.2, pull: 0.02),
    CoefficientRange("cache-share", start: 0.4, low: 0.005, high: 2, pull: 0.02),
    CoefficientRange("room", start: 0.6, low: 0.02, high: 5, pull: 0.02),
    CoefficientRange("edge", start: 4, low: 0.7, high: 20, pull: 0.02),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .elementwise(let call) = call else { return .nan }
    let fill = call.bytes / max(device.cacheBytes, 1) / c[4]
    let missed = 1 - 1 / (1 + Elementary.power(fill, c[5]))
    return (c[0] + c[1] * Double(call.rows) / device.cores) * 1e-6
      + missed * call.bytes / (device.bandwidth * c[2])
      + (1 - missed) * call.bytes / (device.cacheBandwidth * c[3])
  }

  /// Bytes.
  public static let knots: [[Double]] = [[10, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31]]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    SurfacePoint(Elementary.binaryLogarithm(max(call.bytes, 1)))
  }
}

/// Grouped products of DeepGEMM in 8 bits, with caches cold.
///
/// `start + join(memory, arithmetic)` with power `sharpness`; memory is
/// `weights / (weights-share x bandwidth) + rows / (activation-share x bandwidth) + step x k / 128`,
/// arithmetic the better of tiles of 64 and of 128 rows by 128 columns in waves over the cores: a
/// tile costs `tile-rows` rows besides its own, a wave that is not full `wave` of its empty part.
public enum GroupedProductForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 5, low: 0.5, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("weights-share", start: 0.8, low: 0.3, high: 1.1, pull: 0.02),
    CoefficientRange("activation-share", start: 0.8, low: 0.2, high: 3, pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.8, low: 0.3, high: 1.05, pull: 0.02),
    CoefficientRange("tile-rows", start: 20, low: 1, high: 200, unit: "rows", pull: 0.02),
    CoefficientRange("wave", start: 0.5, low: 0.01, high: 1, pull: 0.02),
    CoefficientRange("step", start: 0.05, low: 1e-3, high: 1, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 4, low: 1.1, high: 12, pull: 0.02),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .groupedProduct(let call) = call else { return .nan }
    let (n, k) = (Double(call.n), Double(call.k))
    let memory =
      (call.weightBytes / c[1] + call.rowBytes / c[2]) / device.bandwidth + c[6] * 1e-6 * k / 128
    let core = device.peak(call.precision) / device.cores * c[3]
    var arithmetic = Double.infinity
    for (rows, tiles) in [(64.0, call.tilesOf64), (128.0, call.tilesOf128)] {
      let full = tiles * (n / 128).rounded(.up) / device.cores
      let waves = full + c[5] * (full.rounded(.up) - full)
      arithmetic = min(arithmetic, waves * (rows + c[4]) * 128 * k * 2 / core)
    }
    return c[0] * 1e-6 + softMaximum(memory, arithmetic, c[7])
  }

  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    let same = SameKernels(from: donor, to: device)
    var values = values
    values[3] = same.share(values[3])
    values[4] = same.overhead(values[4])
    return values
  }
}

/// Tokens exchanged between the devices of one host, by DeepEP.
///
/// `start + join(bytes / (link-share x the link's bandwidth), bytes / (core-rate x cores),
/// token x tokens)` with power `sharpness`; where the library takes the cores that it needs, their
/// term is absent.
public enum ExpertExchangeForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 20, low: 1, high: 200, unit: "us", pull: 0.02),
    CoefficientRange("link-share", start: 0.6, low: 0.02, high: 2, pull: 0.02),
    CoefficientRange("core-rate", start: 18, low: 0.5, high: 200, unit: "GB/s", pull: 0.02),
    CoefficientRange("token", start: 0.01, low: 1e-5, high: 5, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 3, low: 1.05, high: 12, pull: 0.02),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .expertExchange(let call) = call else { return .nan }
    let p = c[4]
    var joined = Elementary.power(call.bytes / (device.peerBandwidth * c[1]), p)
    joined += Elementary.power(c[3] * 1e-6 * Double(call.tokens), p)
    if call.cores > 0 {
      joined += Elementary.power(call.bytes / (c[2] * 1e9 * Double(call.cores)), p)
    }
    return c[0] * 1e-6 + Elementary.power(joined, 1 / p)
  }

  /// Bytes, and cores.
  public static let knots: [[Double]] = [[10, 14, 17, 20, 23, 26, 30, 34], [0, 2, 3, 4, 5]]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .expertExchange(let exchange) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(max(call.bytes, 1)),
      Elementary.binaryLogarithm(Double(max(1, exchange.cores))))
  }
}
