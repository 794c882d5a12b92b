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
public enum BlockSparsePrefill: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 10, low: 1, high: 60, unit: "us", pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.6, low: 0.3, high: 1, pull: 0.02),
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
    return seconds(call, on: device, c, gather: 0)
  }

  /// - Parameter gather: what a step of gathered keys takes beyond one of a block, as its share.
  static func seconds(
    _ call: PrefillAttentionCall, on device: DeviceFigures, _ c: UnsafePointer<Double>,
    gather: Double
  ) -> Double {
    let side = call.block > 0 ? Double(call.block) : 128
    let keys = call.columns > 0 ? Double(call.columns) : side
    let rows = (Double(call.tokens) / side).rounded(.up)
    let before = Double(call.cached) / keys
    let causal: Double = side / keys * rows * (rows + 1) / 2
    let kept: Double = call.density * (rows * before + causal)
    let (mean, heads) = (kept / rows, Double(call.batch) * Double(call.heads))
    let fullest = call.density < 1 ? mean + 3 * max(mean, 1).squareRoot() : 2 * mean
    let longest = min(max(1, fullest), before + rows * side / keys)
    let wide = Double(call.keyDimension) + call.valueShare * Double(call.valueDimension)
    let flops = 2 * side * keys * wide
    let peak = device.peak(.bf16)
    let multiplying: Double = flops / (c[1] * peak / device.cores)
    let raising: Double = c[2] * side * keys * call.valueShare / (64 * device.clock)
    let step = (multiplying + raising) * (1 + gather * call.gathered)
    let share = heads / device.cores
    let core: Double = share * (kept * step + rows * c[3] * 1e-6) + c[4] * longest * step
    let ideal = flops * kept * heads / peak
    let slowing: Double = 1 + c[5] * ideal / (ideal + c[6] * 1e-3)
    return c[0] * 1e-6 + core * slowing
  }
}
