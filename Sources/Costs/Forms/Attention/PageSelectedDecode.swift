import Hardware
import Programs
import Quantities

/// Decode attention over selected pages of the KV cache, caches cold.
///
/// ```
/// core = (program + pages × (page + page bytes / core-rate)) × (1 + overlap × (programs a core − 1))
/// mem  = bytes / (bandwidth × bandwidth-share) + pages of all × page-lookup / cores
/// t    = start + (core^q + mem^q)^(1/q) + merge + split × splits + partial results
/// ```
/// Pages of a program are split until each core has sixteen programs, two pages or more each.
/// It fails for pages of 16 tokens at batch 1, where splits seem to end near 64, by half.
public enum PageSelectedDecode: CostForm {
  /// Times in microseconds, `core-rate` in GB/s.
  public static let coefficients = [
    CoefficientRange("start", start: 5, low: 1, high: 12, unit: "us", pull: 0.02),
    CoefficientRange("program", start: 1, low: 0.01, high: 6, unit: "us", pull: 0.02),
    CoefficientRange("page", start: 0.5, low: 0.01, high: 5, unit: "us", pull: 0.02),
    CoefficientRange("core-rate", start: 30, low: 3, high: 400, unit: "GB/s", pull: 0.02),
    CoefficientRange("overlap", start: 0.3, low: 0.005, high: 1, pull: 0.02),
    CoefficientRange("bandwidth-share", start: 0.88, low: 0.6, high: 1, pull: 0.02),
    CoefficientRange("merge", start: 3, low: 0.1, high: 8, unit: "us", pull: 0.02),
    CoefficientRange("split", start: 0.02, low: 0.0001, high: 1, unit: "us", pull: 0.02),
    CoefficientRange("sharpness", start: 3, low: 1.1, high: 12, pull: 0.02),
    CoefficientRange(
      "page-lookup", start: 0.001, low: 1e-6, high: 0.1, unit: "us", pull: 0.02),
  ]

  private static let programsPerCore = 16.0
  private static let fewestPages = 2.0
  private static let mostSplits = 512.0

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionDecode(let call) = call else { return .nan }
    let (batch, heads) = (Double(call.batch), Double(call.heads))
    let (page, dimension) = (Double(call.page), Double(call.keyDimension))
    let pages = (Double(call.read) / page).rounded(.up)
    let programs = batch * Double(call.kvHeads)
    let wanted =
      call.isWhole
      ? 1 : min((programsPerCore * device.cores / programs).rounded(.up), mostSplits)
    let most = max(1, (pages / fewestPages).rounded(.down))
    let each = (pages / min(max(wanted, 1), most)).rounded(.up)
    let splits = (pages / each).rounded(.up)

    let pageBytes = 2 * page * dimension * call.kv.bits / 8 * call.storedShare
    let load = max(programs * splits / device.cores, 1)
    let pageTime: Double = c[2] * 1e-6 + pageBytes / (c[3] * 1e9)
    let overlap: Double = 1 + c[4] * (load - 1)
    let core: Double = (c[1] * 1e-6 + each * pageTime) * overlap
    let bytes: Double = programs * pages * pageBytes + batch * heads * dimension * 4
    let lookups: Double = programs * pages * c[9] * 1e-6 / device.cores
    let memory: Double = bytes / (device.bandwidth * c[5]) + lookups
    var time = c[0] * 1e-6 + PowerMean.sum(core, memory, 0, by: c[8])
    if call.isWhole { time += device.vectorSeconds(whole: call) }
    if splits > 1 {
      let parts: Double = batch * heads * splits * (dimension + 2) * 8
      let merging: Double = (c[6] + c[7] * splits) * 1e-6
      time += merging + parts / device.cacheBandwidth
    }
    return time
  }

  /// Programs, keys that each reads, and the page.
  public static var knots: [[Double]] {
    [[2, 3, 5, 7], [6, 8, 10, 12, 14, 17], [4, 6]]
  }

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionDecode(let call) = call else { return SurfacePoint(0) }
    let page = Double(call.page)
    return SurfacePoint(
      Elementary.binaryLogarithm(Double(call.batch) * Double(call.kvHeads)),
      Elementary.binaryLogarithm((Double(call.read) / page).rounded(.up) * page),
      Elementary.binaryLogarithm(page))
  }
}
