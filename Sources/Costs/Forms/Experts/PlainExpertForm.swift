import Programs
import Quantities

/// The experts of a layer as grouped products of PyTorch, with caches cold.
///
/// `start + expert × experts + slots × (4 H + 10 I) bytes / (activation-share × bandwidth)`, and for
/// each of the products (columns `N`, depth `K`) = (2 I, H), (H, I) the longer, softly, of
/// `weights / (weight-share × bandwidth) + step × K / 64` and of the arithmetic of 64 or 128 rows a
/// tile, whichever is faster, in waves over the cores; a tile costs `tile-overhead` rows besides its
/// own, and a wave that is not full costs `wave-cost` of its empty part.
public enum PlainExpertForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 12, low: 0.5, high: 60, unit: "us"),
    CoefficientRange("expert", start: 0.02, low: 1e-3, high: 1, unit: "us", mayStayOpen: true),
    CoefficientRange("weight-share", start: 0.8, low: 0.3, high: 1),
    CoefficientRange("activation-share", start: 0.5, low: 0.05, high: 3, mayStayOpen: true),
    CoefficientRange("arithmetic-share", start: 0.6, low: 0.2, high: 1, mayStayOpen: true),
    CoefficientRange(
      "tile-overhead", start: 20, low: 1, high: 200, unit: "rows", mayStayOpen: true),
    CoefficientRange("wave-cost", start: 0.3, low: 0.01, high: 1, mayStayOpen: true),
    CoefficientRange("step", start: 0.05, low: 1e-3, high: 1, unit: "us", mayStayOpen: true),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .experts(let call) = call else { return .nan }
    let (hidden, inner) = (Double(call.hidden), call.localInner)
    let columns = (call.isGated ? 2 : 1) * inner
    let activations = call.load.slots * (hidden * 4 + inner * 10)
    var time =
      (c[0] + c[1] * Double(call.localExperts)) * 1e-6
      + activations / (device.bandwidth * c[3])
    let core = device.peak(call.arithmetic) / device.cores * c[4]
    for (n, k) in [(columns, hidden), (hidden, inner)] {
      let bytes = call.load.active * n * k * call.weights.bits / 8
      let memory = bytes / (device.bandwidth * c[2]) + c[7] * 1e-6 * k / 64
      var least = Double.infinity
      for (place, rows) in [(2, 64.0), (3, 128.0)] {
        let full = call.load.tiles[place] * (n / 128).rounded(.up) / device.cores
        let waves = full + c[6] * (full.rounded(.up) - full)
        let arithmetic = waves * (rows + c[5]) * 128 * k * 2 / core
        least = min(least, softMaximum(memory, arithmetic, 4))
      }
      time += least
    }
    return time
  }
}
