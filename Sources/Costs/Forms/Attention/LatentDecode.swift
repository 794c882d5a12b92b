import Hardware
import Programs

/// Decode attention over latent KV entries, as TensorRT-LLM runs it; all heads read one entry.
///
/// The time is that of `DecodeTime`. On Hopper and later the keys are split over the cores; the
/// kernel of Ampere does not split, works in halves of the head, and widens fp8 entries first.
public enum LatentDecode: DecodeForm {
  /// Tokens of a block of entries.
  private static let blockTokens = 64.0

  static func tiles(_ call: DecodeAttentionCall, on device: DeviceFigures) -> DecodeTiles {
    let (batch, heads) = (Double(call.batch), Double(call.heads))
    let (context, wide) = (Double(call.context), Double(call.keyDimension))
    let value = Double(call.valueDimension)
    let rows = (heads / DecodeSizes.tileRows).rounded(.up)
    let blocks = (context / blockTokens).rounded(.up)
    // Devices with FP8 arithmetic have the later kernel.
    let isLate = device.peak(.fp8) > device.peak(.bf16)
    let width = (isLate ? call.kv.bits / 8 : 2) * call.storedShare
    let programs = batch * rows * (isLate ? 1 : 2)
    var splits = 1.0
    if isLate {
      let share = (programs * blocks / device.cores).rounded(.up)
      splits = min(max((blocks / share).rounded(.up), 1), device.cores)
    }
    return DecodeTiles(
      programs: programs, splits: splits, blocks: blocks, blockTokens: blockTokens,
      resident: isLate ? 1 : 2, padding: heads <= 16 ? 0 : heads <= 32 ? 1 : heads <= 64 ? 2 : 3,
      sequences: batch, tokens: context, blockBytes: blockTokens * wide * width,
      entryBytes: batch * context * wide * width, resultBytes: batch * heads * (wide + value) * 2,
      partBytes: batch * heads * (value + 2) * 8,
      flops: programs * DecodeSizes.tileRows * (isLate ? 2 : 1) * (wide + value) * context)
  }
}
