import Programs
import Quantities

/// A collective over the devices of one host: the least of three protocols.
///
/// Each takes a start, a hop for each further device, and the bytes that a device sends at a share of
/// its bus. LL sends flags with each word: at once, and slowly. LL128 starts `middle-start` later and
/// is faster; Simple starts `simple-start` after that and is the fastest. Each waits for its
/// neighbours in another way, so each has its own hop (`hop`, `middle-hop`, `simple-hop`), as in the
/// library's own table of latencies. Simple fills the bus and gains `growth` with each doubling of
/// devices; the other two are bound by what a channel takes, and more devices have more channels:
/// `flagged-growth`. In all-to-all it holds for LL alone, which has channels for each peer (2.3 to 2.8
/// over NVLink, where peers grow by 3 and 7/3), as the library takes no LL128 from peer to peer. The
/// library changes over about where they cross, so the least is soft (power 8). Rows at a change of
/// protocol are off by up to a half.
///
/// Bytes that a device sends of a message of one: `2 (n − 1) / n` for all-reduce, 1 for send-receive,
/// `(n − 1) / n` for the others.
public enum CollectiveForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 5, low: 0.5, high: 300, unit: "us", pull: 0.02),
    CoefficientRange("hop", start: 0.5, low: 1e-3, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("flagged-share", start: 0.02, low: 2e-4, high: 1, pull: 0.02),
    CoefficientRange("middle-start", start: 3, low: 0.01, high: 300, unit: "us", pull: 0.02),
    CoefficientRange("middle-share", start: 0.3, low: 5e-4, high: 1.2, pull: 0.02),
    CoefficientRange("simple-start", start: 12, low: 0.1, high: 3000, unit: "us", pull: 0.02),
    CoefficientRange("simple-share", start: 0.8, low: 5e-4, high: 1.6, pull: 0.02),
    CoefficientRange("growth", start: 1.03, low: 0.35, high: 2.9, pull: 0.02),
    CoefficientRange("middle-hop", start: 1.4, low: 1e-3, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("simple-hop", start: 3, low: 1e-3, high: 120, unit: "us", pull: 0.02),
    CoefficientRange("flagged-growth", start: 1.3, low: 0.35, high: 4, pull: 0.02),
  ]

  /// Point to point, where each peer has channels of its own.
  public static let otherStarts = [
    [
      "hop": 0.2, "flagged-share": 0.01, "middle-start": 5, "simple-share": 0.6,
      "flagged-growth": 2.6,
    ]
  ]

  /// Delays are those of a kernel that polls its neighbours: cycles of the cores.
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    var values = values
    for place in [0, 1, 3, 5, 8, 9] { values[place] *= donor.clock / device.clock }
    return values
  }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .collective(let call) = call else { return .nan }
    let devices = Double(max(2, call.devices))
    let hops = devices - 1
    let doublings = Elementary.binaryLogarithm(devices / 2)
    let sent = call.bytes * share(call.pattern, devices) / device.peerBandwidth
    let growth = Elementary.power(c[7], doublings)
    let flagged = Elementary.power(c[10], doublings)
    let between = call.pattern == .allToAll ? growth : flagged
    let (middle, simple) = (c[0] + c[3], c[0] + c[3] + c[5])
    let rate =
      eighth((c[0] + c[1] * hops) * 1e-6 + sent / flagged / c[2])
      + eighth((middle + c[8] * hops) * 1e-6 + sent / between / c[4])
      + eighth((simple + c[9] * hops) * 1e-6 + sent / growth / c[6])
    return 1 / rate.squareRoot().squareRoot().squareRoot()
  }

  private static func eighth(_ time: Double) -> Double {
    let square = time * time
    return 1 / (square * square * square * square)
  }

  private static func share(_ pattern: CollectiveCall.Pattern, _ devices: Double) -> Double {
    switch pattern {
    case .allReduce: 2 * (devices - 1) / devices
    case .sendReceive: 1
    case .allGather, .reduceScatter, .allToAll: (devices - 1) / devices
    }
  }
}
