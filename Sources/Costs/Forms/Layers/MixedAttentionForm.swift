import Hardware
import Programs
import Quantities

/// Attention of a batch that holds a piece of a prompt and decoding sequences, as FlashAttention-2
/// runs it: one program for each query head and 64 new tokens, without splits of the keys.
///
/// `start + activation x activations + sequence x sequences + join(work, chain, memory)`:
/// - work: programs over the cores, each `program` and `key` for each of its keys;
/// - chain: the longest sequence, `chain-key` for each key;
/// - memory: KV once, from the last cache where what one KV head has of the decoding sequences fits
///   in `room` of it, else from memory, and again for each query head of its group, unless so many
///   of the group's programs run at once (`together`) that one reading serves all.
///
/// `edge` is how sharp both limits are, `sharpness` the power of the join. It fails where more than
/// a hundred sequences with unequal contexts share the caches.
public enum MixedAttentionForm: CostForm {
  public static let coefficients = [
    CoefficientRange("start", start: 6, low: 0.5, high: 40, unit: "us", pull: 0.02),
    CoefficientRange("program", start: 0.5, low: 0.01, high: 20, unit: "us", pull: 0.02),
    CoefficientRange("key", start: 22, low: 2, high: 200, unit: "ns", pull: 0.02),
    CoefficientRange("chain-key", start: 22, low: 2, high: 200, unit: "ns", pull: 0.02),
    CoefficientRange("bandwidth-share", start: 0.85, low: 0.3, high: 1.1, pull: 0.02),
    CoefficientRange("cache-share", start: 0.6, low: 0.1, high: 1.5, pull: 0.02),
    CoefficientRange("room", start: 0.6, low: 0.05, high: 3, pull: 0.02),
    CoefficientRange("reread", start: 0.8, low: 0.01, high: 1.5, pull: 0.02),
    CoefficientRange("edge", start: 4, low: 1, high: 20, pull: 0.02),
    CoefficientRange("together", start: 1, low: 0.1, high: 10, pull: 0.02),
    CoefficientRange("activation", start: 1, low: 0.01, high: 20, pull: 0.02),
    CoefficientRange("sequence", start: 0.01, low: 1e-4, high: 2, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 3, low: 1.05, high: 12, pull: 0.02),
  ]

  private static let tileRows = 64.0
  /// Flops of one key for 64 rows and heads of 128, the only ones that were timed.
  private static let keyFlops = 4 * tileRows * 128

  /// A key is multiplied at the core's peak; what it takes beside that is cycles. Where a fit came out
  /// below the donor's peak, whose boards run above their stated clock, it is all arithmetic.
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    func multiplying(_ figures: DeviceFigures) -> Double {
      let peak = figures.peak(.bf16)
      return peak > 0 ? keyFlops * figures.cores / peak * 1e9 : 0
    }
    let (old, new) = (multiplying(donor), multiplying(device))
    guard old > 0, new > 0 else { return values }
    var values = values
    for place in [2, 3] {
      let part = min(1, values[place] / old)
      values[place] = part * new + max(0, values[place] - old) * donor.clock / device.clock
    }
    return values
  }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .mixedAttention(let call) = call else { return .nan }
    let (heads, kvHeads, new) = (
      Double(call.heads), Double(call.kvHeads), Double(call.promptTokens)
    )
    let tiles = (new / tileRows).rounded(.up)
    let whole = (new / tileRows).rounded(.down)
    let ownKeys = tileRows * whole * (whole + 1) / 2 + (tiles > whole ? new : 0)
    let keys = heads * (tiles * Double(call.promptCached) + ownKeys + call.decodeEntries)
    let programs = heads * (tiles + call.sequences)
    let work = (c[1] * 1e-6 * programs + c[2] * 1e-9 * keys) / device.cores
    let chain = c[1] * 1e-6 + c[3] * 1e-9 * call.longest
    let p = c[12]
    let joined =
      Elementary.power(work, p) + Elementary.power(chain, p)
      + Elementary.power(memory(call, heads / kvHeads, on: device, c), p)
    let activations =
      call.rows * heads * Double(call.dimension) * 4 / device.bandwidth
    return c[0] * 1e-6 + c[10] * activations + c[11] * 1e-6 * call.sequences
      + Elementary.power(joined, 1 / p)
  }

  private static func memory(
    _ call: MixedAttentionCall, _ group: Double, on device: DeviceFigures,
    _ c: UnsafePointer<Double>
  ) -> Double {
    let ofOneHead = call.decodeEntries * call.entryBytes
    let fill = ofOneHead / max(device.cacheBytes, 1) / c[6]
    let missed = 1 - 1 / (1 + Elementary.power(fill, c[8]))
    let batch = max(call.sequences + (call.promptTokens > 0 ? 1 : 0), 1)
    let atOnce = device.cores / group / batch
    let alone = 1 / (1 + Elementary.power(atOnce / c[9], c[8]))
    let again = ofOneHead * Double(call.heads - call.kvHeads)
    return missed * (call.kvBytes + c[7] * alone * again) / (device.bandwidth * c[4])
      + (1 - missed) * call.kvBytes / (device.cacheBandwidth * c[5])
  }

  /// New tokens, the longest context, and decoding sequences.
  public static let knots: [[Double]] = [
    [0, 4, 6, 8, 10, 12], [0, 4, 7, 9, 11, 13, 15], [0, 2, 4, 6, 8],
  ]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .mixedAttention(let call) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(call.rows), Elementary.binaryLogarithm(max(call.longest, 1)),
      Elementary.binaryLogarithm(1 + call.sequences))
  }
}
