import Hardware
import Programs
import Quantities

/// The experts of a layer in a serving library: routing, permutation, two grouped products with the
/// activation between them, combination.
///
/// `T` tokens, `A` active experts, `S` slots run here of `P` that pass through, hidden `H`, local
/// width `I`, gate factor `g`:
///
/// `start + expert × experts + slot × P + S (6 H + 2 g I + 2 I) / (activation-share × bandwidth)
/// + (P − S) (2 g I + 2 I + 4 H) × foreign-cost / bandwidth`
///
/// and for each product `(N, K)` of `(g I, H)` and `(H, I)` the soft maximum (power 3) of
/// `ProductMemory`'s and `ProductWaves`' times, times `misalignment` where a row of the second
/// product's weights is no multiple of 16 bytes, and `step × K / 64` to fill the pipeline.
///
/// It fails where a library picks its tile by something that the call does not say: a tuner's cache
/// of another model (rows up to six times slower).
public enum LibraryExpertForm: CostForm {
  /// Ranges span less than a factor of 30: what a table leaves open then ends at the end where it
  /// hardly counts, and is held there.
  public static let coefficients = [
    CoefficientRange("start", start: 15, low: 2, high: 58, unit: "us", pull: 0.02),
    CoefficientRange("slot", start: 0.3, low: 0.06, high: 1.75, unit: "ns", pull: 0.02),
    CoefficientRange("activation-share", start: 0.6, low: 0.1, high: 1.3, pull: 0.02),
    CoefficientRange("foreign-cost", start: 0.5, low: 0.15, high: 4.4, pull: 0.02),
    CoefficientRange("weight-share", start: 0.85, low: 0.08, high: 1, pull: 0.02),
    CoefficientRange("cache-fill", start: 0.6, low: 0.1, high: 2.9, pull: 0.02),
    CoefficientRange("arithmetic-share", start: 0.6, low: 0.05, high: 1, pull: 0.02),
    CoefficientRange(
      "tile-overhead", start: 32, low: 6, high: 170, unit: "rows", pull: 0.02),
    CoefficientRange("wave-cost", start: 0.3, low: 0.035, high: 1, pull: 0.02),
    CoefficientRange("step", start: 0.05, low: 0.02, high: 0.58, unit: "us", pull: 0.02),
    CoefficientRange("cache-share", start: 0.6, low: 0.06, high: 1.5, pull: 0.02),
    CoefficientRange("expert", start: 0.04, low: 0.02, high: 0.58, unit: "us", pull: 0.02),
    CoefficientRange("empty-cost", start: 0.3, low: 0.1, high: 2.9, pull: 0.02),
    CoefficientRange("tile-rate", start: 40, low: 6.8, high: 200, unit: "GB/s", pull: 0.02),
    CoefficientRange("misalignment", start: 1.05, low: 1, high: 6, pull: 0.02),
    CoefficientRange("large-arithmetic-share", start: 0.5, low: 0.04, high: 1, pull: 0.02),
    CoefficientRange("large-weight-share", start: 0.7, low: 0.05, high: 1, pull: 0.02),
    CoefficientRange("small-arithmetic-share", start: 0.3, low: 0.035, high: 1, pull: 0.02),
    CoefficientRange("small-weight-share", start: 0.8, low: 0.05, high: 1, pull: 0.02),
  ]

  /// Tokens, local width and local experts, as binary logarithms.
  public static let knots: [[Double]] = [
    [0, 2, 4, 6, 8, 10, 12, 14.5], [5, 8, 10.5, 13.5], [0, 4, 8.5],
  ]

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .experts(let call) = call else { return SurfacePoint(0) }
    return SurfacePoint(
      Elementary.binaryLogarithm(Double(call.tokens)), Elementary.binaryLogarithm(call.localInner),
      Elementary.binaryLogarithm(Double(call.localExperts)))
  }

  /// Carries over what bounds each part. The element-wise kernels are bound by themselves: of one
  /// library they move 2.2 to 2.4 TB/s (Triton) or 1.1 to 1.3 TB/s (Marlin) on devices of 2.0, 3.35
  /// and 4.8 TB/s. A kernel without tuning draws its weights at what its cores ask for. The start is a
  /// number of kernels in a graph.
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    let slower = donor.bandwidth / device.bandwidth
    let same = SameKernels(from: donor, to: device)
    var values = values
    for place in [6, 15, 17] { values[place] = same.share(values[place]) }
    values[7] = same.overhead(values[7])
    values[0] *= device.graphNode / donor.graphNode
    values[2] *= slower
    // Where the donor has no rows of other devices' slots, nothing is known of them.
    if values[3] != coefficients[3].start { values[3] /= slower }
    // A cache that seems slower than memory is a kernel that is slow at small sizes on the donor.
    if values[10] * donor.cacheBandwidth < values[4] * donor.bandwidth {
      values[5] = coefficients[5].start
      values[10] = coefficients[10].start
    }
    if !isTuned(values) {
      let asked = device.cores * device.clock / (donor.cores * donor.clock)
      values[4] = min(1, values[4] * asked * slower)
    }
    return values
  }

  /// Tuned kernels draw 0.77 to 0.97 of memory's bandwidth and reach 0.42 of the peak or more.
  public static func isTuned(_ values: [Double]) -> Bool { values[4] >= 0.4 && values[6] >= 0.38 }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .experts(let call) = call else { return .nan }
    let (hidden, inner) = (Double(call.hidden), call.localInner)
    let columns = (call.isGated ? 2 : 1) * inner
    let (slots, passing) = (call.load.slots, call.passingSlots)
    let elements = slots * (hidden * 6 + columns * 2 + inner * 2) / (device.bandwidth * c[2])
    let foreign = (passing - slots) * (columns * 2 + inner * 2 + hidden * 4) * c[3]
    var time =
      (c[0] + c[11] * Double(call.localExperts)) * 1e-6 + c[1] * 1e-9 * passing + elements
      + foreign / device.bandwidth
    let memory = ExpertMemory(call, on: device, c)
    let waves = ExpertWaves(call, on: device, c)
    let isMisaligned =
      (inner * memory.weightBytes).truncatingRemainder(dividingBy: 16) != 0
    for (n, k) in [(columns, hidden), (hidden, inner)] {
      let product =
        switch call.tiling {
        case .best, .rows: tuned(n, k, memory, waves, call.tiling, c)
        case .small:
          join(memory.seconds(n, k, c[18], width: 32), waves.plain(n, k, 0, (16, 32), c[17]))
        case .large:
          join(memory.seconds(n, k, c[16], width: 64), waves.plain(n, k, 2, (64, 64), c[15]))
        }
      time += product * (isMisaligned ? c[14] : 1) + c[9] * 1e-6 * k / 64
    }
    return time
  }

  /// The fastest tile of those that the library may take.
  private static func tuned(
    _ n: Double, _ k: Double, _ memory: ExpertMemory, _ waves: ExpertWaves,
    _ tiling: ExpertCall.Tiling, _ c: UnsafePointer<Double>
  ) -> Double {
    let bytes = memory.seconds(n, k, c[4], width: 64)
    var least = Double.infinity
    if case .rows(let place) = tiling { return join(bytes, waves.tuned(n, k, place)) }
    for place in 0..<4 { least = min(least, waves.tuned(n, k, place)) }
    return join(bytes, least)
  }

  private static func join(_ a: Double, _ b: Double) -> Double {
    Elementary.power(a * a * a + b * b * b, 1.0 / 3)
  }
}
