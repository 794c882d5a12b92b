import Hardware
import Programs
import Quantities

/// Prompt attention of a library whose tiles are known; all take the coefficients of `PrefillTime`.
protocol PrefillForm: CostForm {
  static func tiles(_ call: PrefillAttentionCall, on device: DeviceFigures) -> PrefillTiles
}

extension PrefillForm {
  public static var coefficients: [CoefficientRange] { PrefillTime.coefficients }

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionPrefill(let call) = call else { return .nan }
    return PrefillTime(c: c).seconds(
      PrefillWork(call, tiles(call, on: device), on: device), on: device)
  }

  public static func inheritance(
    _ values: [Double], from donor: DeviceFigures, to device: DeviceFigures
  ) -> [Double] {
    let same = SameKernels(from: donor, to: device)
    var values = values
    values[2] = same.share(values[2])
    values[10] = same.derating(values[10], low: coefficients[10].low)
    return values
  }

  /// Programs a core, and tokens of a prompt.
  public static var knots: [[Double]] {
    [[-8, -5, -3, -1, 0, 1, 2, 4, 7, 11], [0, 4, 6, 7, 8, 9, 10, 11, 12, 14]]
  }

  public static func place(_ call: KernelCall, on device: DeviceFigures) -> SurfacePoint {
    guard case .attentionPrefill(let call) = call else { return SurfacePoint(0) }
    let tiles = tiles(call, on: device)
    let count = (Double(call.tokens) * tiles.packed / tiles.rows).rounded(.up)
    let programs = Double(call.batch) * Double(call.heads) / tiles.packed * count
    return SurfacePoint(
      Elementary.binaryLogarithm(programs / device.cores),
      Elementary.binaryLogarithm(Double(call.tokens)))
  }
}

/// FlashAttention-2, as vLLM runs it on all but Hopper.
public enum FlashAttention2Prefill: PrefillForm {
  static func tiles(_ call: PrefillAttentionCall, on device: DeviceFigures) -> PrefillTiles {
    let dimension = Double(call.keyDimension)
    let columns = dimension <= 64 ? 128.0 : 64
    // A prompt of one token goes the way of decode, with the heads of a group in one tile.
    guard call.tokens > 1 || call.window > 0 else {
      let group = Double(call.heads) / Double(call.kvHeads)
      return PrefillTiles(
        rows: 64, columns: columns, packed: group,
        transposes: group > 1 && call.kvHeads > 1 && call.batch > 1 ? 1 : 0)
    }
    let need = 2 * dimension * (128 + 2 * columns)
    return PrefillTiles(
      rows: dimension <= 192 || device.coreMemory >= need ? 128 : 64, columns: columns)
  }
}

/// FlashAttention-3 and 4, as vLLM runs them on Hopper: the heads of a group share tiles.
public enum FlashAttention3Prefill: PrefillForm {
  static func tiles(_ call: PrefillAttentionCall, on device: DeviceFigures) -> PrefillTiles {
    let dimension = call.keyDimension
    return PrefillTiles(
      rows: dimension <= 64 ? 192 : 128,
      columns: dimension <= 128 ? 128 : dimension <= 192 ? 96 : 64,
      packed: Double(call.heads) / Double(call.kvHeads), splitsKeys: true)
  }
}

/// TensorRT-LLM's and, near enough, PyTorch's: one program a head and tile.
public enum FusedPrefill: PrefillForm {
  static func tiles(_ call: PrefillAttentionCall, on device: DeviceFigures) -> PrefillTiles {
    // Devices with FP8 arithmetic have the kernel with the larger tile.
    let isLate = device.peak(.fp8) > device.peak(.bf16)
    return PrefillTiles(
      rows: isLate && call.keyDimension <= 256 ? 128 : 64,
      columns: call.keyDimension <= 128 ? 128 : 64)
  }
}

/// Latent attention of a prompt: keys of 192 and values of 128 for each head, cache written apart.
public enum LatentPrefill: PrefillForm {
  static func tiles(_ call: PrefillAttentionCall, on device: DeviceFigures) -> PrefillTiles {
    var tiles = FusedPrefill.tiles(call, on: device)
    tiles.writesCache = false
    return tiles
  }
}
