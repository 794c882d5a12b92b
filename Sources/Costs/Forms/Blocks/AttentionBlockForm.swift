import Hardware
import Programs
import Quantities

/// A whole attention block, the sum of its kernels:
///
/// ```
/// device = start + join(weights / weights-share, projections / arithmetic-share)
///        + join(expansion weights / weights-share, expansion x arithmetic)
///        + elementwise x activations
///        + index / index-share + scores x .. + all-scores x .. + crowding x ..
///        + choice x waves + choice-key x waves x entries
///        + join(attended / attention-share + slots x .. + gather x .., entries / cache-share,
///               tile x programs a core, key x keys of a program)
///        + block scan + sequence x batch
/// ```
///
/// `join(x, y) = (x^p + y^p)^(1/p)`, p being `sharpness`; shares are of the device's peaks, and
/// what stands beside `x` is a multiple of the time that peaks allow. Where the host launches each
/// kernel, the block takes at least `host`, longer by `host-long` beyond 131072 tokens of context
/// (tables of pages grow) and shorter by `host-first` for a prompt with nothing cached.
///
/// It fails where libraries change kernels at sizes that are not known, and where the choice among
/// equal scores takes longer than among real ones.
public enum AttentionBlockForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 30, low: 1, high: 600, unit: "us", pull: 0.02),
    CoefficientRange("weights-share", start: 0.7, low: 0.2, high: 1.2, pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.6, low: 0.1, high: 1, pull: 0.02),
    CoefficientRange("elementwise", start: 1, low: 0.02, high: 20, pull: 0.02),
    CoefficientRange("expansion", start: 1, low: 0.04, high: 40, pull: 0.02),
    CoefficientRange("index-share", start: 0.4, low: 0.02, high: 2, pull: 0.02),
    CoefficientRange("scores", start: 0.3, low: 1e-3, high: 20, pull: 0.02),
    CoefficientRange("all-scores", start: 0.5, low: 1e-3, high: 3, pull: 0.02),
    CoefficientRange("crowding", start: 5, low: 1e-3, high: 200, pull: 0.02),
    CoefficientRange("choice", start: 0.5, low: 1e-3, high: 100, unit: "us", pull: 0.02),
    CoefficientRange("choice-key", start: 0.1, low: 1e-4, high: 20, unit: "ns", pull: 0.02),
    CoefficientRange("attention-share", start: 0.5, low: 0.03, high: 1.2, pull: 0.02),
    CoefficientRange("slots", start: 0.3, low: 1e-3, high: 20, pull: 0.02),
    CoefficientRange("cache-share", start: 0.6, low: 0.05, high: 2, pull: 0.02),
    CoefficientRange("gather", start: 0.1, low: 1e-3, high: 3, pull: 0.02),
    CoefficientRange("tile", start: 0.3, low: 1e-3, high: 20, unit: "us", pull: 0.02),
    CoefficientRange("key", start: 0.3, low: 1e-3, high: 30, unit: "ns", pull: 0.02),
    CoefficientRange("block-scan", start: 10, low: 0.1, high: 100, unit: "ns", pull: 0.02),
    CoefficientRange("block-scan-work", start: 10, low: 0.1, high: 300, unit: "ns", pull: 0.02),
    CoefficientRange("sequence", start: 0.01, low: 1e-4, high: 5, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 2, low: 1.05, high: 8, pull: 0.02),
    CoefficientRange("host", start: 700, low: 50, high: 3000, unit: "us", pull: 0.02),
    CoefficientRange("host-long", start: 1.2, low: 1, high: 4, pull: 0.02),
    CoefficientRange("host-first", start: 0.95, low: 0.5, high: 1, pull: 0.02),
    CoefficientRange("host-sharpness", start: 8, low: 1.5, high: 20, pull: 0.02),
  ]

  /// Where one wave of tiles, and not the arithmetic in them, sets the pace of attention.
  public static let otherStarts = [
    [
      "start": 60, "elementwise": 0.1, "attention-share": 0.8, "slots": 0.02, "tile": 6,
      "sharpness": 1.2,
    ]
  ]

  /// Context from which the host has more to prepare.
  private static let longContext = 131_072.0

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionBlock(let call) = call else { return .nan }
    let terms = AttentionBlockTerms(call, on: device)
    let p = c[20]
    var time = c[0] * 1e-6 + softMaximum(terms.weights / c[1], terms.projections / c[2], p)
    if terms.expansion > 0 {
      time += softMaximum(terms.expansionWeights / c[1], terms.expansion * c[4], p)
    }
    time += c[3] * terms.activations + terms.index / c[5] + c[6] * terms.scores
    time += c[7] * terms.allScores + c[8] * terms.crowding
    time += c[9] * terms.choice + c[10] * terms.choiceKeys
    let pairs = terms.attention / c[11] + c[12] * terms.slots + c[14] * terms.gather
    let attention =
      Elementary.power(pairs, p) + Elementary.power(terms.entries / c[13], p)
      + Elementary.power(c[15] * terms.tiles, p) + Elementary.power(c[16] * terms.chain, p)
    time += Elementary.power(attention, 1 / p) + c[19] * terms.sequences
    if terms.scan > 0 {
      let (one, all) = (c[17] * terms.scan, c[18] * terms.scanWork)
      time += (one * one + all * all).squareRoot()
    }
    guard call.isEager else { return time }
    var host = c[21] * 1e-6
    if call.context > longContext { host *= c[22] }
    if call.cached == 0 { host *= c[23] }
    return softMaximum(host, time, c[24])
  }

  /// Projections and bytes alone: of long prompts and short ones libraries expand entries or do
  /// not, whichever is less arithmetic, so attention's is no bound.
  public static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double {
    guard case .attentionBlock(let call) = call else { return 0 }
    let near = max(device.bandwidth, device.cacheBandwidth)
    let peak = device.peak(call.weights)
    return max(peak > 0 ? call.projectionFlops / peak : 0, call.bytes / near)
  }

  /// Kinds of blocks run other kernels in another order: an index of DeepSeek's, compressed entries,
  /// blocks of keys. Coefficients of one miss another's times by up to three times on one device.
  public static func says(_ kernel: String, of wanted: String) -> Bool {
    KernelWords.shared(kernel, wanted, among: ["mla", "dsa", "csa", "hca", "msa"])
  }

  /// New tokens, and context.
  public static let knots: [[Double]] = [
    [0, 2, 4, 6, 8, 11, 15, 20], [0, 6, 9, 11, 13, 15, 17, 20],
  ]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionBlock(let call) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(call.rows), Elementary.binaryLogarithm(call.context))
  }
}
