import Hardware
import Programs

/// Block-sparse prompt attention that walks a mask: it tests every causal block, and passes over
/// those that are not kept.
///
/// ```
/// kept × step  of `BlockSparsePrefill` becomes  kept × step + (causal - kept) × skip
/// ```
/// A test is a load and a branch that wait for each other, so its time goes with the clock. Steps and
/// tests are counted in tiles of 64 by 64 whatever the block's side and the kernel's tile, so that one
/// kernel has the same coefficients for blocks of any side.
public enum MaskedPrefill: SparsePrefillForm {
  public static let coefficients =
    BlockSparsePrefill.coefficients + [
      CoefficientRange("skip", start: 20, low: 0.5, high: 500, unit: "ns", pull: 0.02)
    ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionPrefill(let call) = call else { return .nan }
    let skip = c[7] * 1e-9 * DecodeTime.referenceClock / device.clock
    return BlockSparsePrefill.seconds(
      BlockSparseWork(call, tile: 64), on: device, c, skip: skip)
  }
}
