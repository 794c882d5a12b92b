import Hardware
import Programs

/// Block-sparse prompt attention that also gathers keys one by one, as vertical-slash kernels do.
///
/// `step` of `BlockSparsePrefill` is `1 + gather × gathered` times as long, `gathered` being the share
/// of the computed pairs whose keys are gathered.
public enum GatheringPrefill: SparsePrefillForm {
  public static let coefficients =
    BlockSparsePrefill.coefficients + [
      CoefficientRange("gather", start: 0.3, low: 0.01, high: 3, pull: 0.02)
    ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .attentionPrefill(let call) = call else { return .nan }
    return BlockSparsePrefill.seconds(BlockSparseWork(call), on: device, c, gather: c[7])
  }
}
