import Hardware
import Programs
import Quantities

/// A kernel of the package on the host's own cores.
///
/// `start + (arithmetic³ + bytes³)^(1/3) + pieces × piece`: arithmetic runs at `arithmetic-share` of
/// the threads' peak, bytes at `bandwidth-share` of what the threads can read in order from the
/// level of memory that holds the working set, and every piece (a row, a bundle, a score) costs a
/// thread `piece` beside them. Bytes are the least that must move, so a kernel that reuses what it
/// loads in another order can have a share over 1.
public enum HostKernelForm: CostForm {
  /// Each starts where it costs next to nothing and is drawn there a little, so that what the shapes do
  /// not tell stays out of the price.
  public static let coefficients = [
    CoefficientRange("start", start: 0.05, low: 0.01, high: 2000, unit: "us", pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.9, low: 0.001, high: 1, pull: 0.02),
    CoefficientRange("bandwidth-share", start: 1, low: 0.005, high: 8, pull: 0.02),
    CoefficientRange("piece", start: 0.02, low: 1e-3, high: 1e6, unit: "ns", pull: 0.02),
  ]

  /// Bound by arithmetic, and by pieces.
  public static let otherStarts: [[String: Double]] = [
    ["arithmetic-share": 0.05, "bandwidth-share": 1, "piece": 0.1],
    ["arithmetic-share": 0.6, "bandwidth-share": 1, "piece": 100],
    ["arithmetic-share": 0.005, "bandwidth-share": 4, "piece": 3],
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .host(let call) = call else { return .nan }
    let threads = min(Double(call.threads), device.cores)
    let arithmetic = call.flops / (c[1] * device.peak(.fp32) * threads / device.cores)
    let rate = device.streamRate(workingSet: call.workingSet, threads: threads)
    return c[0] * 1e-6 + softMaximum(arithmetic, call.bytes / (c[2] * rate), 3)
      + call.pieces * c[3] * 1e-9 / threads
  }

  /// Arithmetic at the threads' peak. Bytes have none: a profile's rates are those of one way of
  /// reading, which others may beat.
  public static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double {
    guard case .host(let call) = call, device.peak(.fp32) > 0 else { return 0 }
    let threads = min(Double(call.threads), device.cores)
    return call.flops / (device.peak(.fp32) * threads / device.cores)
  }
}
