import Programs
import Quantities

/// vLLM's own all-reduce over peer memory, and what replaces it for large messages.
///
/// With `n` devices, bytes `B` and the bandwidth `P` to a peer:
///
/// - one pass, where every device reads all others' data: `start + (n − 1) B / (one-pass-share × P)`;
/// - two passes, where each device reduces its part and then reads the others':
///   `start + exchange × n + 2 (n − 1) / n × B / (two-pass-share × P)`;
/// - from 8 MiB on NCCL's ring: `ring-start + 2 (n − 1) / n × B / (ring-share × P × growth^log₂(n/2))`.
///
/// Two devices always take one pass, up to four below 512 KiB, up to eight below 256 KiB (rules of
/// `custom_all_reduce.cuh`). Launched by the host, no call is shorter than `issue`; inside a graph
/// that is not determined.
public enum CustomReduceForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 5, low: 0.5, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("one-pass-share", start: 0.6, low: 0.05, high: 1.2, pull: 0.02),
    CoefficientRange("exchange", start: 1.2, low: 0.05, high: 12, unit: "us", pull: 0.02),
    CoefficientRange("two-pass-share", start: 0.65, low: 0.05, high: 1.2, pull: 0.02),
    CoefficientRange("ring-start", start: 40, low: 2, high: 200, unit: "us", pull: 0.02),
    CoefficientRange("ring-share", start: 0.7, low: 0.05, high: 1.2, pull: 0.02),
    CoefficientRange("growth", start: 1.03, low: 0.5, high: 2, pull: 0.02),
    CoefficientRange("issue", start: 1, low: 0.1, high: 200, unit: "us", pull: 0.02),
  ]

  /// Messages of this size and more are NCCL's.
  private static let largest = 8.0 * 1024 * 1024

  /// Delays are those of a kernel that polls its neighbours: cycles of the cores.
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    for place in [0, 2, 4] { values[place] *= donor.clock / device.clock }
    return values
  }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .collective(let call) = call else { return .nan }
    let devices = Double(max(2, call.devices))
    let sent = 2 * (devices - 1) / devices * call.bytes
    let time: Double
    if call.bytes >= largest {
      let growth = Elementary.power(c[6], Elementary.binaryLogarithm(devices / 2))
      time = c[4] * 1e-6 + sent / (device.peerBandwidth * c[5] * growth)
    } else if takesOnePass(call) {
      time = c[0] * 1e-6 + (devices - 1) * call.bytes / (device.peerBandwidth * c[1])
    } else {
      time = (c[0] + c[2] * devices) * 1e-6 + sent / (device.peerBandwidth * c[3])
    }
    return softMaximum(time, c[7] * 1e-6, 8)
  }

  private static func takesOnePass(_ call: CollectiveCall) -> Bool {
    call.devices <= 2 || call.devices <= 4 && call.bytes < 512 * 1024
      || call.devices <= 8 && call.bytes < 256 * 1024
  }
}
