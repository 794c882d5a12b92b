import Hardware
import Programs
import Quantities

/// TensorRT-LLM's decode attention, which has two kernels.
///
/// With 2 to 32 heads a group and enough programs the grouped kernel runs, on tensor cores; else a
/// kernel of one program a head, without. Their coefficients share nothing but the formula of
/// `DecodeTime`.
/// It fails where the single-head kernel chooses the width of its thread blocks by their count, and
/// under a short window at small batch, by 10 %.
public enum TensorRTDecode: CostForm {
  /// First those of the single-head kernel, then those of the grouped one.
  public static let coefficients =
    ranges("single-", without: ["transpose", "padding", "schedule", "arithmetic-share"])
    + ranges("grouped-", without: ["overlap", "transpose", "schedule"])
  private static let singleCount = 13

  private static func ranges(_ kernel: String, without unused: Set<String>) -> [CoefficientRange] {
    FlashAttention2Decode.coefficients.filter { !unused.contains($0.name) }.map {
      CoefficientRange(
        kernel + $0.name, start: $0.start, low: $0.low, high: $0.high, unit: $0.unit,
        pull: $0.pull)
    }
  }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionDecode(let call) = call else { return .nan }
    let sizes = DecodeSizes(call)
    let isGrouped = sizes.takesGroupedKernel(device)
    let tiles = sizes.tensorRT(device, isGrouped: isGrouped)
    return time(isGrouped ? c + singleCount : c, isGrouped: isGrouped).seconds(tiles, on: device)
  }

  private static func time(_ c: UnsafePointer<Double>, isGrouped: Bool) -> DecodeTime {
    var time = DecodeTime()
    time.start = c[0]
    time.program = c[1]
    time.block = c[2]
    time.coreRate = c[3]
    if !isGrouped { time.overlap = c[4] }
    let rest = isGrouped ? c + 4 : c + 5
    time.bandwidthShare = rest[0]
    time.cacheShare = rest[1]
    time.cacheSharpness = rest[2]
    time.cacheRateShare = rest[3]
    time.merge = rest[4]
    time.split = rest[5]
    time.sharpness = rest[6]
    time.sequence = rest[7]
    if isGrouped {
      time.padding = rest[8]
      time.arithmeticShare = rest[9]
    }
    return time
  }

  public static var knots: [[Double]] { FlashAttention2Decode.knots + [[0, 1]] }

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionDecode(let call) = call else { return SurfacePoint(0) }
    let sizes = DecodeSizes(call)
    let isGrouped = sizes.takesGroupedKernel(device)
    let tiles = sizes.tensorRT(device, isGrouped: isGrouped)
    return SurfacePoint(
      Elementary.binaryLogarithm(tiles.programs / device.cores),
      Elementary.binaryLogarithm(min(tiles.tokens, sizes.context)), isGrouped ? 1 : 0)
  }
}

extension DecodeSizes {
  /// Whether a quarter of the cores or more get a program of the grouped kernel.
  func takesGroupedKernel(_ device: DeviceFigures) -> Bool {
    let parts = max(1, ((context - 1) / 128).rounded(.down))
    return group > 1 && group <= 32 && batch * kvHeads * parts * 4 >= device.cores
  }

  func tensorRT(_ device: DeviceFigures, isGrouped: Bool) -> DecodeTiles {
    let blockTokens = isGrouped ? 128.0 : 64
    let seen = isWindowed ? min(context, window) : context
    var tiles = tiles(
      programs: isGrouped ? packedPrograms : batch * heads,
      blocks: (seen / blockTokens).rounded(.up), blockTokens: blockTokens)
    if isGrouped {
      // Splits are made over the whole context, whatever the window.
      let most = max(1, (8 * device.cores / (batch * kvHeads)).rounded(.down))
      tiles.splits = min(max((context / 128).rounded(.down), 1), most)
      tiles.padding = group <= 8 ? 0 : group <= 16 ? 1 : 3
      return tiles
    }
    tiles.resident = 2
    tiles.flops = 0
    if tiles.programs <= device.cores, context * dimension >= 65536 {
      let spare = (tiles.programs < 8 ? 2 : 1) * device.cores / tiles.programs
      let most = max(1, spare.rounded(.down))
      // One part still goes through the merging.
      tiles.splits = max(1.001, min(max((context * dimension / 32768).rounded(.down), 1), most))
    }
    return tiles
  }
}
