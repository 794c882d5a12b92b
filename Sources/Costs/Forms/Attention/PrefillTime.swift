import Quantities

/// Prompt attention over tiles: tensor cores and exponentials, beside the longest chain of steps.
///
/// ```
/// step    = flops / (core's peak × arithmetic-share) + exponential × count / (64 × clock)
/// through = steps × step / cores + max(programs / cores, 1) × tile
/// chain   = chain × longest × step + tile
/// core    = (through^q + chain^q)^(1/q) + imbalance × longest step
/// core   ×= 1 + derating × f / (f + derating-time)        f = time at peak, of the whole run
/// t       = start + core + traffic × mem + sequence × batch + write × cache blocks + …
/// ```
/// `mem` is as in `DecodeTime` with sharpness 4. The derating is the clock that falls under a long
/// load at the power limit. Delays are in microseconds at 1.9 GHz.
/// It fails by 8 % under windows with an fp8 cache, whose conversion is not told apart.
struct PrefillTime {
  let c: UnsafePointer<Double>

  func seconds(_ work: PrefillWork, on device: DeviceFigures) -> Double {
    let us = 1e-6 * DecodeTime.referenceClock / device.clock
    let peak = device.peak(.bf16)
    let multiplying: Double = work.stepFlops / (c[2] * peak / device.cores)
    let raising: Double = c[3] * work.stepExponentials / (Self.exponentials * device.clock)
    let step = multiplying + raising
    let load = work.programs / device.cores
    let tile = c[1] * us
    let through: Double = work.steps * step / device.cores + max(load, 1) * tile
    let longest = (work.longest / work.splits).rounded(.up)
    let chain: Double = c[4] * longest * step + tile
    var core = PowerMean.sum(through, chain, 0, by: c[9])
    core += c[5] * min(load * work.splits, 1) * longest * step
    let ideal = work.runFlops / peak
    core *= 1 + c[10] * ideal / (ideal + c[12] * 1e-3)

    let ratio = work.bytes / (c[7] * device.cacheBytes)
    let square = ratio * ratio
    let hot = 1 / (1 + square * square)
    let cacheRate = device.cacheBandwidth * c[8]
    let rate = device.bandwidth * c[6]
    let memory: Double = work.bytes * (hot / cacheRate + (1 - hot) / rate)
    let small: Double = c[14] * work.transposes + c[15] * work.cacheBlocks + c[16] * work.single
    var time = c[0] * us + core + c[11] * memory
    time += (c[13] * work.sequences + small) * us
    if work.splits > 1 { time += c[17] * us + work.partBytes / cacheRate }
    return time
  }

  /// Exponentials that a core makes in a cycle: sixteen in each of four parts.
  private static let exponentials = 64.0

  /// In the order that `seconds` reads; all is measured from 1.9 GHz.
  static let coefficients = [
    // Launch and the first bytes, and what a tile of queries takes beside its steps.
    CoefficientRange("start", start: 8, low: 1, high: 30, unit: "us", pull: 0.02),
    CoefficientRange("tile", start: 1.5, low: 0.05, high: 15, unit: "us", pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.7, low: 0.3, high: 1, pull: 0.02),
    // Share of the exponentials that arithmetic does not hide.
    CoefficientRange("exponential", start: 0.5, low: 0.01, high: 4, pull: 0.02),
    // Time of a step in a lone chain over that in a full core.
    CoefficientRange("chain", start: 1.5, low: 0.5, high: 6, pull: 0.02),
    CoefficientRange("imbalance", start: 0.5, low: 0.02, high: 2, pull: 0.02),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.4, high: 1, pull: 0.02),
    CoefficientRange("cache-share", start: 0.6, low: 0.1, high: 3, pull: 0.02),
    CoefficientRange("cache-rate-share", start: 0.5, low: 0.05, high: 1.5, pull: 0.02),
    CoefficientRange("sharpness", start: 2, low: 1.1, high: 12, pull: 0.02),
    CoefficientRange("derating", start: 0.1, low: 0.001, high: 0.6, pull: 0.02),
    CoefficientRange("traffic", start: 1, low: 0.01, high: 20, pull: 0.02),
    CoefficientRange(
      "derating-time", start: 5, low: 0.2, high: 100, unit: "ms", pull: 0.02),
    CoefficientRange("sequence", start: 0.005, low: 1e-5, high: 0.1, unit: "us", pull: 0.02),
    CoefficientRange("transpose", start: 4, low: 0.1, high: 12, unit: "us", pull: 0.02),
    // One thread block a token writes its keys and values into the cache.
    CoefficientRange("write", start: 2, low: 0.001, high: 20, unit: "us", pull: 0.02),
    CoefficientRange("single", start: 1, low: 0.001, high: 10, unit: "us", pull: 0.02),
    CoefficientRange("merge", start: 2, low: 0.1, high: 12, unit: "us", pull: 0.02),
  ]
}
