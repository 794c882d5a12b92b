import Programs
import Quantities

/// Random reads from a disk by some threads, the time for each read over all of them.
///
/// `(latency / depth)³ + host³` under a cube root is the least between two reads: the disk's latency
/// shared by those in flight, or the host's time a read. Bytes run at `small-share` of the disk's
/// rate, and at `large-share` for chunks well beyond `burst`, where a shared disk limits its tenant.
public enum RandomReadForm: CostForm {
  public static let coefficients = [
    CoefficientRange("latency", start: 26, low: 2, high: 200, unit: "us"),
    CoefficientRange("host", start: 10, low: 0.5, high: 50, unit: "us", mayStayOpen: true),
    CoefficientRange("small-share", start: 1, low: 0.2, high: 2),
    CoefficientRange("large-share", start: 0.7, low: 0.1, high: 1.5, mayStayOpen: true),
    CoefficientRange("burst", start: 1, low: 0.1, high: 8, unit: "MB", mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .storageRead(let call) = call else { return .nan }
    let size = call.chunkBytes / (c[4] * 1e6)
    let small = 1 / (1 + size * size * size)
    let rate = device.storageBandwidth * (small * c[2] + (1 - small) * c[3])
    return softMaximum(c[0] * 1e-6 / Double(call.depth), c[1] * 1e-6, 3) + call.chunkBytes / rate
  }
}

/// Random reads from a phone's flash by lanes that each read one chunk at a time.
///
/// A lane alone takes `latency` and its bytes at `lane-rate`; all together move at most
/// `bandwidth-share` of the flash's rate, less by `crowding` as lanes beyond four grow to 32. `p` is
/// `overlap`.
public enum FlashLaneForm: CostForm {
  public static let coefficients = [
    CoefficientRange("latency", start: 150, low: 10, high: 600, unit: "us"),
    CoefficientRange("lane-rate", start: 2, low: 0.5, high: 6, unit: "GB/s", mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.58, low: 0.2, high: 1),
    CoefficientRange("crowding", start: 0.05, low: 1e-3, high: 1, mayStayOpen: true),
    CoefficientRange("overlap", start: 4, low: 1, high: 12, mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .storageRead(let call) = call else { return .nan }
    let depth = Double(call.depth)
    let lanes = (c[0] * 1e-6 + call.chunkBytes / (c[1] * 1e9)) / depth
    let crowd = 1 + c[3] * max(depth - 4, 0) / 28
    return softMaximum(lanes, call.chunkBytes / (device.storageBandwidth * c[2]) * crowd, c[4])
  }
}

/// Random reads by the limits of `ReadService`, the time for each read over all in flight.
///
/// `((L / depth)ᵖ + hostᵖ + (bytes / bandwidth)ᵖ)^(1/p)` with `L = latency + host + bytes / media`,
/// where the bandwidth is `bandwidth-share` of the best that was measured and p is `overlap`: from
/// these coefficients a profile's read service is made, which prices groups of reads.
public enum ReadServiceForm: CostForm {
  public static let coefficients = [
    CoefficientRange("latency", start: 80, low: 1, high: 20_000, unit: "us"),
    // Where the rows leave it open it is held where it costs next to nothing.
    CoefficientRange("media", start: 50, low: 0.01, high: 100, unit: "GB/s", mayStayOpen: true),
    CoefficientRange("host", start: 3, low: 0.02, high: 1000, unit: "us", mayStayOpen: true),
    CoefficientRange("bandwidth-share", start: 0.8, low: 0.05, high: 1, mayStayOpen: true),
    CoefficientRange("overlap", start: 2, low: 1, high: 8, mayStayOpen: true),
  ]
  /// A disk that serves one read after the other, and one whose single reads flow slowly.
  public static let otherStarts = [
    ["overlap": 1.1, "bandwidth-share": 0.95, "host": 12], ["media": 1],
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .storageRead(let call) = call else { return .nan }
    let host = c[2] * 1e-6
    let alone = c[0] * 1e-6 + host + call.chunkBytes / (c[1] * 1e9)
    let shared = alone / Double(call.depth)
    let stream = call.chunkBytes / (c[3] * device.storageBandwidth)
    let sum = [shared, host, stream].reduce(0) { $0 + Elementary.power($1, c[4]) }
    return Elementary.power(sum, 1 / c[4])
  }
}
