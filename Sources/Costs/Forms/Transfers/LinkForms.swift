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
/// it comes from host memory: `cached = 1 / (1 + (bytes / cache)⁴)`, sharp because a source that is
/// gone through again and again is all there or, a little larger, all gone. Small copies travel
/// inside the command, without the buffer and its `staging`; CUDA states 64 KiB for that, timings
/// show it below.
public enum PageableCopyForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 17, low: 1, high: 60, unit: "us"),
    CoefficientRange("cached-rate", start: 26, low: 2, high: 60, unit: "GB/s"),
    CoefficientRange("rate", start: 19.5, low: 1, high: 60, unit: "GB/s"),
    CoefficientRange("cache", start: 4, low: 0.1, high: 1000, unit: "MB", mayStayOpen: true),
    CoefficientRange("staging", start: 2, low: 0.05, high: 40, unit: "us", mayStayOpen: true),
  ]

  /// Bytes from which copies are staged.
  private static let stagedBytes = 65_536.0

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let fill = call.bytes / (c[3] * 1e6)
    let cached = 1 / (1 + fill * fill * fill * fill)
    let start = call.bytes < stagedBytes ? c[0] : c[0] + c[4]
    return start * 1e-6 + call.bytes * (cached / (c[1] * 1e9) + (1 - cached) / (c[2] * 1e9))
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

/// A kernel that reads rows of pinned host memory: `start + (rows¹² + bytes¹²)^(1/12)`.
///
/// So many programs are in flight, and each waits for a row: the link's latency, and the row's own
/// bytes, of which `row-bytes` take as long. Short rows are limited by that, at `row-rate` for the
/// shortest, long ones by the link; where one limit meets the other the change is sharp.
public enum ZeroCopyGatherForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 3.5, low: 1, high: 20, unit: "us", mayStayOpen: true),
    CoefficientRange("row-rate", start: 60, low: 1, high: 1000, unit: "rows/us"),
    CoefficientRange("bandwidth-share", start: 0.81, low: 0.1, high: 1),
    CoefficientRange(
      "row-bytes", start: 2000, low: 100, high: 50_000, unit: "B", mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let rows = (Double(call.pieces) + call.bytes / c[3]) / (c[1] * 1e6)
    return c[0] * 1e-6 + softMaximum(rows, call.bytes / (device.linkBandwidth * c[2]), 12)
  }
}
