import Programs
import Quantities

/// One copy between pinned host memory and the device by a copy engine:
/// `start + bytes / (bandwidth-share × link)`.
public enum LinkCopyForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 8, low: 1, high: 40, unit: "us"),
    CoefficientRange("bandwidth-share", start: 0.87, low: 0.1, high: 1),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    return c[0] * 1e-6 + call.bytes / (device.linkBandwidth * c[1])
  }
}

/// A copy from pageable host memory, which the driver stages through a pinned buffer.
///
/// The host's own copy is what limits it: `cached-rate` while the source fits its caches, `rate` when
/// it comes from host memory, with the change about `cache` and
/// `share = 1 / (1 + (bytes / cache)^1.5)`.
public enum PageableCopyForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 17, low: 1, high: 60, unit: "us"),
    CoefficientRange("cached-rate", start: 26, low: 2, high: 60, unit: "GB/s"),
    CoefficientRange("rate", start: 19.5, low: 1, high: 60, unit: "GB/s"),
    CoefficientRange("cache", start: 4, low: 0.1, high: 1000, unit: "MB", mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let cached = 1 / (1 + Elementary.power(call.bytes / (c[3] * 1e6), 1.5))
    return c[0] * 1e-6 + call.bytes * (cached / (c[1] * 1e9) + (1 - cached) / (c[2] * 1e9))
  }
}

/// Many copies in a row, issued by one host thread.
///
/// The host issues one every `issue` us and is `lead` copies ahead when the timer starts; the engine
/// takes `copy` us and its bytes for each. The longer of the two counts.
public enum ScatteredCopyForm: CostForm {
  public static let coefficients = [
    CoefficientRange("issue", start: 11, low: 0.5, high: 40, unit: "us"),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.1, high: 1),
    CoefficientRange("lead", start: 3, low: 0.1, high: 10),
    CoefficientRange("copy", start: 1.5, low: 0.1, high: 8, unit: "us", mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let pieces = Double(max(1, call.pieces))
    let engine = pieces * c[3] * 1e-6 + call.bytes / (device.linkBandwidth * c[1])
    return max((pieces - c[2]) * c[0] * 1e-6, engine)
  }
}

/// A kernel that reads rows of pinned host memory: `start + (rowsᵖ + bytesᵖ)^(1/p)`.
///
/// A read request in flight carries at most some hundreds of bytes, so short rows are limited by
/// `row-rate` and not by the link; `p` is `overlap`.
public enum ZeroCopyGatherForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 3.5, low: 1, high: 20, unit: "us", mayStayOpen: true),
    CoefficientRange("row-rate", start: 55, low: 1, high: 1000, unit: "rows/us"),
    CoefficientRange("bandwidth-share", start: 0.81, low: 0.1, high: 1),
    CoefficientRange("overlap", start: 4, low: 1, high: 20, mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let rows = Double(call.pieces) / (c[1] * 1e6)
    return c[0] * 1e-6 + softMaximum(rows, call.bytes / (device.linkBandwidth * c[2]), c[3])
  }
}
