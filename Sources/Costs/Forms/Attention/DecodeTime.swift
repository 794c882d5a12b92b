import Hardware
import Quantities

/// Decode attention over tiles: programs on cores in waves, beside the traffic and the arithmetic.
///
/// ```
/// W    = KV bytes read + queries and results
/// hot  = 1 / (1 + (W / (cache-share × cache))^cache-sharpness)
/// mem  = W × (hot / (cache rate × cache-rate-share) + (1 − hot) / (bandwidth × bandwidth-share))
/// core = (program + blocks × (block + block bytes / core-rate)) × waves × (1 + padding × steps)
/// t    = start + (core^q + mem^q + arithmetic^q)^(1/q) + transpose + sequence × batch
///        + merge + split × splits + partial results through the cache
/// ```
/// What other sequences at work have read already comes at the rate of the cache; what cores draw bounds
/// it sooner: with FlashAttention-2 on an H200, 32 heads of 4 to 64 sequences that share all of 1,024 to
/// 32,768 tokens take between 13 % more and 18 % less time than with tokens of their own
/// (measurements/h200_supplement/shared_prefix.csv).
/// Delays are in microseconds at 1.9 GHz and scale with the clock. Repeated calls leave part of
/// their KV in the last cache: `hot`. Waves count programs that overlap on one core: each beyond
/// the first adds `overlap` of its time.
/// It fails where a kernel runs into page-table reach (KV above some 4 GB) and at the sharp edge
/// of the cache, by about 10 %.
struct DecodeTime {
  /// Launch and the first bytes.
  var start = 6.0
  /// What a program takes beside its blocks.
  var program = 3.5
  /// What a block takes beside its bytes.
  var block = 0.5
  /// What one core draws, GB/s at 1.9 GHz.
  var coreRate = 40.0
  var overlap = 0.5
  var bandwidthShare = 0.85
  var cacheShare = 0.6
  var cacheSharpness = 8.0
  var cacheRateShare = 0.5
  /// Merging the parts: once, and for each split.
  var merge = 3.0
  var split = 0.1
  var transpose = 4.0
  /// How sharply the longest of core, memory and arithmetic wins: 12 is a plain maximum.
  var sharpness = 3.0
  /// The walk over sequences, for each.
  var sequence = 0.005
  var padding = 0.12
  var schedule = 0.005
  var arithmeticShare = 0.7

  func seconds(_ tiles: DecodeTiles, on device: DeviceFigures) -> Double {
    let us = 1e-6 * Self.referenceClock / device.clock
    let blocks = (tiles.blocks / tiles.splits).rounded(.up)
    let waves = waves(tiles.programs * tiles.splits / device.cores, resident: tiles.resident)
    let draw = coreRate * 1e9 * device.clock / Self.referenceClock
    let blockTime: Double = block * us + tiles.blockBytes / draw
    let core: Double = (program * us + blocks * blockTime) * waves * (1 + padding * tiles.padding)
    let touched = tiles.entryBytes - tiles.repeatedBytes + tiles.resultBytes
    let cacheRate = device.cacheBandwidth * cacheRateShare
    let ratio = touched / (cacheShare * device.cacheBytes)
    let hot = 1 / (1 + Elementary.power(ratio, cacheSharpness))
    let rate = device.bandwidth * bandwidthShare
    let memory: Double =
      touched * (hot / cacheRate + (1 - hot) / rate) + tiles.repeatedBytes / device.cacheBandwidth
    let arithmetic = tiles.flops / (device.peak(.bf16) * arithmeticShare)
    let main = PowerMean.sum(core, memory, arithmetic, by: sharpness)
    let walk: Double = sequence * tiles.sequences + schedule * tiles.schedule
    var time = main + (start + transpose * tiles.transposes + walk) * us
    if tiles.splits > 1 {
      let merging: Double = (merge + split * tiles.splits) * us
      time += merging + tiles.partBytes * tiles.splits / cacheRate
    }
    return time
  }

  /// The clock at which delays and core rates are stated.
  static let referenceClock = 1.9e9

  /// How many times one program's time passes: full rounds, and the rest.
  private func waves(_ load: Double, resident: Double) -> Double {
    let full = (load / resident + 1e-9).rounded(.down)
    let rest = (load - full * resident - 1e-9).rounded(.up)
    let round: Double = 1 + overlap * (resident - 1)
    return full * round + (rest > 0 ? 1 + overlap * (rest - 1) : 0)
  }
}

/// A soft maximum.
enum PowerMean {
  /// `(a^q + b^q + c^q)^(1/q)`: the longest alone at large `q`, the sum at 1.
  @inline(__always)
  static func sum(_ a: Double, _ b: Double, _ c: Double, by q: Double) -> Double {
    let top = max(a, b, c)
    guard top > 0 else { return 0 }
    let terms: Double = term(a / top, q) + term(b / top, q) + term(c / top, q)
    return top * Elementary.power(terms, 1 / q)
  }

  /// `x^q` for `x` in 0…1.
  @inline(__always)
  private static func term(_ x: Double, _ q: Double) -> Double {
    x == 1 ? 1 : x == 0 ? 0 : Elementary.power(x, q)
  }
}
