import Hardware
import Programs
import Quantities

/// Decode attention of a library whose tiles are known.
///
/// All take the coefficients of `DecodeTime` in one order, so that those of one library stand in
/// for another's on a device where it was not timed.
protocol DecodeForm: CostForm {
  static func tiles(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles
  /// The same but for the splits.
  static func whole(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles
}

extension DecodeForm {
  static func whole(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    tiles(call, on: device)
  }

  /// Ranges for decode attention; times in microseconds at 1.9 GHz, `core-rate` in GB/s.
  public static var coefficients: [CoefficientRange] { decodeCoefficients }

  /// Half of a delay is cycles of the cores and half the wait for memory, whose clock is another:
  /// delays in cycles grow with the root of the clock.
  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    let growth = (device.clock / donor.clock).squareRoot()
    var values = zip(coefficients, values).map { $0.unit == "us" ? $1 * growth : $1 }
    // A narrow unit shows cycles that a wide one hides behind memory. What is low on the narrow one is
    // low for rows that pad a tile, which no unit does without.
    let same = SameKernels(from: donor, to: device)
    if same.width < 1 { values[16] = same.share(values[16]) }
    return values
  }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionDecode(let call) = call else { return .nan }
    var tiles = tiles(call, on: device)
    if call.isWhole { tiles.splits = 1 }
    tiles.repeatedBytes = tiles.repeated(of: call, on: device)
    let time = DecodeTime(c).seconds(tiles, on: device)
    return call.isWhole ? time + device.vectorSeconds(whole: call) : time
  }

  /// Programs a core, and keys of a program.
  public static var knots: [[Double]] {
    [[-8, -6, -4, -2, -1, 0, 1, 2, 4, 7], [0, 4, 6, 7, 8, 10, 12, 14, 17]]
  }

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionDecode(let call) = call else { return SurfacePoint(0) }
    let tiles = whole(call, on: device)
    return SurfacePoint(
      Elementary.binaryLogarithm(tiles.programs / device.cores),
      Elementary.binaryLogarithm(min(tiles.tokens, Double(call.context))))
  }
}

extension DeviceFigures {
  /// What a kernel of one block of threads a KV head multiplies without matrix instructions: its core
  /// loads, then multiplies for each query head, and has no other block to run meanwhile.
  func vectorSeconds(whole call: DecodeAttentionCall) -> Double {
    let peak = peak(.fp32)
    guard peak > 0 else { return 0 }
    let programs = Double(call.batch) * Double(call.kvHeads)
    let rounds = (programs / cores).rounded(.up)
    return call.flops / programs * rounds / (peak / cores)
  }
}

private let decodeCoefficients = [
  CoefficientRange("start", start: 6, low: 1, high: 20, unit: "us", pull: 0.02),
  CoefficientRange("program", start: 3.5, low: 0.2, high: 15, unit: "us", pull: 0.02),
  CoefficientRange("block", start: 0.5, low: 0.01, high: 10, unit: "us", pull: 0.02),
  CoefficientRange("core-rate", start: 40, low: 5, high: 400, unit: "GB/s", pull: 0.02),
  CoefficientRange("overlap", start: 0.5, low: 0.05, high: 1, pull: 0.02),
  CoefficientRange("bandwidth-share", start: 0.85, low: 0.5, high: 1, pull: 0.02),
  CoefficientRange("cache-share", start: 0.6, low: 0.1, high: 2, pull: 0.02),
  CoefficientRange("cache-sharpness", start: 8, low: 2, high: 20, pull: 0.02),
  CoefficientRange("cache-rate-share", start: 0.5, low: 0.1, high: 1.5, pull: 0.02),
  CoefficientRange("merge", start: 3, low: 0.1, high: 12, unit: "us", pull: 0.02),
  CoefficientRange("split", start: 0.1, low: 0.001, high: 1, unit: "us", pull: 0.02),
  CoefficientRange("transpose", start: 4, low: 0.1, high: 12, unit: "us", pull: 0.02),
  CoefficientRange("sharpness", start: 3, low: 1.2, high: 12, pull: 0.02),
  CoefficientRange("sequence", start: 0.005, low: 1e-5, high: 8, unit: "us", pull: 0.02),
  CoefficientRange("padding", start: 0.12, low: 0.01, high: 0.5, pull: 0.02),
  CoefficientRange("schedule", start: 0.005, low: 1e-4, high: 4, unit: "us", pull: 0.02),
  CoefficientRange("arithmetic-share", start: 0.7, low: 0.2, high: 1, pull: 0.02),
]

extension DecodeTime {
  /// From values in the order of the ranges.
  @inline(__always)
  init(_ c: UnsafePointer<Double>) {
    start = c[0]
    program = c[1]
    block = c[2]
    coreRate = c[3]
    overlap = c[4]
    bandwidthShare = c[5]
    cacheShare = c[6]
    cacheSharpness = c[7]
    cacheRateShare = c[8]
    merge = c[9]
    split = c[10]
    transpose = c[11]
    sharpness = c[12]
    sequence = c[13]
    padding = c[14]
    schedule = c[15]
    arithmeticShare = c[16]
  }
}

/// FlashAttention-2, as vLLM runs it before Hopper.
public enum FlashAttention2Decode: DecodeForm {
  static func tiles(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    DecodeSizes(call).flashAttention2(device)
  }
  static func whole(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    DecodeSizes(call).flashAttention2(device, splitting: false)
  }
}

/// FlashAttention-3 and 4, as vLLM runs them on Hopper and SGLang on Ampere too.
public enum FlashAttention3Decode: DecodeForm {
  static func tiles(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    DecodeSizes(call).flashAttention3(device)
  }
}

/// FlashAttention-3 where it takes each sequence's keys in one piece.
public enum FlashAttention3WholeDecode: DecodeForm {
  static func tiles(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    var tiles = DecodeSizes(call).flashAttention3(device)
    tiles.splits = 1
    return tiles
  }
}
