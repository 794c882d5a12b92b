import Programs

/// How much longer attention over unequal contexts takes than over equal ones of the same sum, where a
/// kernel reads all keys of a sequence with one program for each KV head: when the others are through,
/// the longest goes on alone, `key` for each key that it has beyond the mean.
///
/// *Source*: batches with one long sequence among equal short ones; the excess is proportional to those
/// keys, whatever the batch and whether a piece of a prompt is beside it.
public enum AttentionTailForm: CostForm {
  public static let coefficients = [
    CoefficientRange("key", start: 20, low: 1, high: 200, unit: "ns")
  ]

  public static func seconds(
    _ call: KernelCall, on device: DeviceFigures, _ c: UnsafePointer<Double>
  ) -> Double {
    guard case .mixedAttention(let call) = call else { return .nan }
    return c[0] * 1e-9 * call.keysBeyondMean
  }

  /// An excess has no floor of its own: the call that it is part of has one.
  public static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double { 0 }
}
