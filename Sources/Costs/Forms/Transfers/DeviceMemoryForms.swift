import Programs
import Quantities

/// A copy within device memory.
///
/// `start + ramp × min(1, √(bytes / 64 KiB)) + bytes / (bandwidth-share × bandwidth)`: bytes are read
/// and written together; the ramp is the first round of loads and stores, which tiny copies do not
/// fill.
public enum DeviceCopyForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 3.5, low: 0.5, high: 10, unit: "us"),
    CoefficientRange("ramp", start: 1.3, low: 0.1, high: 5, unit: "us", mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.89, low: 0.3, high: 1),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let filled = min(1, (call.bytes / 65_536).squareRoot())
    return (c[0] + c[1] * filled) * 1e-6 + call.bytes / (device.bandwidth * c[2])
  }
}

/// Rows gathered within device memory.
///
/// `start + (rowsᵖ + bytesᵖ)^(1/p)`: a row costs at least `1 / row-rate`, so short rows leave memory
/// idle; `p` is `overlap`.
public enum DeviceGatherForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 3.5, low: 0.5, high: 8, unit: "us", mayStayOpen: true),
    CoefficientRange("row-rate", start: 1.66, low: 0.05, high: 20, unit: "rows/ns"),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.2, high: 1),
    CoefficientRange("overlap", start: 8, low: 1, high: 20, mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .transfer(let call) = call else { return .nan }
    let rows = Double(call.pieces) / (c[1] * 1e9)
    return c[0] * 1e-6 + softMaximum(rows, call.bytes / (device.bandwidth * c[2]), c[3])
  }
}
