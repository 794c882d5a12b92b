import Costs
import Diagnostics
import Policies
import Programs

/// What sequences of unequal contexts take longer than equal ones of the same sum: the longest goes on
/// when the others are through, where the kernel does not cut its keys over cores.
public struct UnevenReads: Sendable {
  /// Seconds for each key of the longest sequence beyond the mean, all layers.
  private let perKey: Double
  /// The decode attention of one sequence, from which follows whether keys are cut.
  private let example: DecodeAttentionCall
  private let kernel: CalibratedForm

  /// Nil where the kernel was not timed on unequal contexts.
  init?(_ calls: [(count: Double, call: MixedAttentionCall)], costs: CostModel) throws(Faults) {
    guard let first = calls.first?.call, let kernel = try costs.tail(of: first) else { return nil }
    self.kernel = kernel
    var sum = 0.0
    for (count, call) in calls {
      var uneven = call
      uneven.promptTokens = 1
      (uneven.longCount, uneven.longContext) = (1, 2 * Self.manyKeys + 1)
      (uneven.shortCount, uneven.shortContext) = (1, 1)
      sum += count * kernel.seconds(.mixedAttention(uneven)) / Double(Self.manyKeys)
    }
    perKey = sum
    example = DecodeAttentionCall(
      batch: 1, context: Self.manyKeys, read: Self.manyKeys, heads: first.heads,
      kvHeads: first.kvHeads, keyDimension: first.dimension, valueDimension: first.dimension,
      page: 16, kv: first.kv, isCold: true)
  }

  private static let manyKeys = 4096

  /// Seconds for each key that the longest of so many decoding sequences has beyond their mean.
  /// - Parameter isMixed: whether a piece of a prompt is beside them: then no keys are cut.
  public func secondsPerKey(sequences: Int, isMixed: Bool) -> Double {
    guard sequences > 1 else { return 0 }
    var call = example
    call.batch = sequences
    return isMixed || !call.isSplit(on: kernel.device) ? perKey : 0
  }
}
