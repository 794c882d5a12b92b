import Hardware
import Programs

/// Causal prompt attention of which only some square blocks are computed.
///
/// ```
/// kept = density × n (n + 1) / 2        blocks of 128 tokens; n rows of them, none cached before
/// t    = start + (kept × heads / cores × step + rows × heads / cores × row + imbalance × longest
///        row × step) × (1 + derating × f / (f + derating-time))
/// ```
/// A step is as in `PrefillTime`. Blocks are kept at random, so the fullest row has some three
/// standard deviations more than the mean.
public enum BlockSparsePrefill: SparsePrefillForm {
  public static let coefficients = [
    CoefficientRange("start", start: 10, low: 1, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.6, low: 0.1, high: 1, pull: 0.02),
    CoefficientRange("exponential", start: 0.5, low: 0.01, high: 4, pull: 0.02),
    CoefficientRange("row", start: 1, low: 0.01, high: 20, unit: "us", pull: 0.02),
    CoefficientRange("imbalance", start: 0.3, low: 0.01, high: 3, pull: 0.02),
    CoefficientRange("derating", start: 0.05, low: 0.001, high: 0.4, pull: 0.02),
    CoefficientRange(
      "derating-time", start: 5, low: 0.2, high: 100, unit: "ms", pull: 0.02),
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionPrefill(let call) = call else { return .nan }
    return seconds(BlockSparseWork(call), on: device, c)
  }

  /// - Parameters:
  ///   - gather: what a step of gathered keys takes beyond one of a block, as its share.
  ///   - skip: seconds that a core takes to pass over a block that is not kept.
  static func seconds(
    _ work: BlockSparseWork, on device: DeviceFigures, _ c: UnsafePointer<Double>,
    gather: Double = 0, skip: Double = 0
  ) -> Double {
    let peak = device.peak(.bf16)
    let multiplying: Double = work.stepFlops / (c[1] * peak / device.cores)
    let raising: Double = c[2] * work.stepExponentials / (64 * device.clock)
    let step = (multiplying + raising) * (1 + gather * work.gathered)
    let share = work.heads / device.cores
    let skipped: Double = skip * (work.seen - work.kept)
    var core: Double = share * (work.kept * step + skipped + work.rows * c[3] * 1e-6)
    core += c[4] * work.longest * step
    let ideal = work.stepFlops * work.kept * work.heads * work.run / peak
    return c[0] * 1e-6 + core * (1 + c[5] * ideal / (ideal + c[6] * 1e-3))
  }
}

/// The blocks of one head of a call, and what a step over one takes.
struct BlockSparseWork {
  /// Blocks that are kept, those that a causal mask leaves, rows of them, and the most in a row.
  let kept: Double
  let seen: Double
  let rows: Double
  let longest: Double
  let stepFlops: Double
  let stepExponentials: Double
  let gathered: Double
  /// Heads of all sequences.
  let heads: Double
  let run: Double

  /// - Parameter tile: queries and keys of a step; nil for those of the call's blocks.
  init(_ call: PrefillAttentionCall, tile: Double? = nil) {
    let side = tile ?? (call.block > 0 ? Double(call.block) : 128)
    let keys = tile ?? (call.columns > 0 ? Double(call.columns) : side)
    rows = (Double(call.tokens) / side).rounded(.up)
    let before = Double(call.cached) / keys
    let causal: Double = side / keys * rows * (rows + 1) / 2
    seen = rows * before + causal
    kept = call.density * seen
    let mean = kept / rows
    let fullest = call.density < 1 ? mean + 3 * max(mean, 1).squareRoot() : 2 * mean
    longest = min(max(1, fullest), before + rows * side / keys)
    let wide = Double(call.keyDimension) + call.valueShare * Double(call.valueDimension)
    stepFlops = 2 * side * keys * wide
    stepExponentials = side * keys * call.valueShare
    gathered = call.gathered
    heads = Double(call.batch) * Double(call.heads)
    run = call.run
  }
}
