import Costs
import Programs

/// Rows that no kernel can have run as their table says.
public enum Plausibility {
  /// Why a row is left out; nil when it is sound.
  ///
  /// Weights that are far larger than the last cache cannot arrive faster than memory delivers. The
  /// tables' own notes say that half of the experts were routed to in such rows.
  public static func doubt(_ row: MeasuredCall, on device: DeviceFigures) -> String? {
    guard case .experts(let call) = row.call else { return nil }
    let weights = call.load.active * call.expertWeights * call.weights.bits / 8
    guard weights > 4 * device.cacheBytes, weights / row.seconds > 1.08 * device.bandwidth else {
      return nil
    }
    return "the active experts' weights exceed what memory can deliver in the measured time"
  }
}
