import Hardware
import Programs
import Quantities

/// One kernel of an attention block that selects entries:
/// `start + join(waves x (turn + key x keys), flops / arithmetic-share, bytes / bandwidth-share)
/// + sequence x batch`, joined with power `sharpness`.
///
/// A program goes over its keys one after another; programs go over the cores in whole waves.
/// Scores: a program has as many new tokens as fill 128 rows with their index heads, and where keys
/// of all sequences lie together, it goes over those of every sequence that it has tokens of. The
/// choice: a program has one token. Attention: a program has one token and up to 64 heads, and goes
/// over every place that may be chosen. Sequences cost something where they have several tokens.
///
/// It fails for the choice among equal scores, whose passes depend on the scores.
public enum AttentionPartForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 4, low: 0.5, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("turn", start: 1, low: 1e-3, high: 200, unit: "us", pull: 0.02),
    CoefficientRange("key", start: 1, low: 1e-3, high: 100, unit: "ns", pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.4, low: 0.02, high: 1.2, pull: 0.02),
    CoefficientRange("bandwidth-share", start: 0.5, low: 0.02, high: 1.5, pull: 0.02),
    CoefficientRange("sequence", start: 0.01, low: 1e-4, high: 5, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 2, low: 1.05, high: 8, pull: 0.02),
  ]

  private static let tileRows = 128.0
  private static let tileHeads = 64.0

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionPart(let call) = call else { return .nan }
    let (waves, keys) = programs(call, on: device)
    let walk = waves * (c[1] * 1e-6 + c[2] * 1e-9 * keys)
    let arithmetic = flops(call) / device.peak(call.part == .scores ? .fp8 : .bf16) / c[3]
    let traffic = call.bytes / device.bandwidth / c[4]
    let p = c[6]
    let joined =
      Elementary.power(walk, p) + Elementary.power(arithmetic, p) + Elementary.power(traffic, p)
    let sequences = call.tokens > 1 ? Double(call.batch) : 0
    return c[0] * 1e-6 + Elementary.power(joined, 1 / p) + c[5] * 1e-6 * sequences
  }

  /// Waves of programs, and the keys that one program goes over.
  private static func programs(
    _ call: AttentionPartCall, on device: DeviceFigures
  ) -> (waves: Double, keys: Double) {
    let stride = Double(call.compression)
    switch call.part {
    case .scores:
      let tokens = call.isPaged ? 1 : tileRows / max(1, call.model.sizes.indexHeads)
      let sequences =
        call.isPaged ? 1 : min(Double(call.batch), (tokens / Double(call.tokens)).rounded(.up))
      let keys = (Double(call.cached) + (Double(call.tokens) + 1) / 2) / stride
      return ((call.rows / tokens / device.cores).rounded(.up), keys * sequences)
    case .choice:
      return ((call.choosingRows / device.cores).rounded(.up), call.choosingEntries)
    case .attention:
      let tiles = (Double(call.heads) / tileHeads).rounded(.up)
      return ((call.rows * tiles / device.cores).rounded(.up), call.attendedEntries)
    }
  }

  /// With whole tiles of heads and every place that may be chosen.
  private static func flops(_ call: AttentionPartCall) -> Double {
    guard call.part == .attention else { return call.flops }
    let sizes = call.model.sizes
    let padded = tileHeads * (Double(call.heads) / tileHeads).rounded(.up)
    return 2 * call.rows * padded * call.attendedEntries * (sizes.key + sizes.value)
  }

  /// Scores are products, the choice sorts, attention gathers.
  public static func says(_ kernel: String, of wanted: String) -> Bool {
    KernelWords.shared(kernel, wanted, among: ["scores", "choice", "attention"])
  }

  /// New tokens, and context.
  public static let knots: [[Double]] = [
    [0, 4, 7, 9, 11, 13, 17, 21], [0, 8, 11, 13, 15, 17, 20],
  ]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionPart(let call) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(call.rows), Elementary.binaryLogarithm(call.context))
  }
}
