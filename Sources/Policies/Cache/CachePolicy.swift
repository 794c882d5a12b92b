/// In which tier KV lives, and how it comes to the processor.
public struct CachePolicy: Sendable, Hashable {
  /// What happens to selected pages that are not resident.
  public enum OnMiss: String, CaseIterable, Sendable {
    /// They are fetched, then attended to on the processor.
    case fetch
    /// The host attends to them where they are and sends the result.
    case host
  }

  /// Nil: beside the processor.
  public var tier: String?
  public var resident: Residency?
  public var transfer: Transfer
  public var onMiss: OnMiss
  public var prefetch: Prefetch?
  public var trace: TraceReference?
  public var keep: CacheKeep?
  public var form: CacheForm?
  public var sharedPrefix: SharedPrefix?
  /// Share of what is read that lies beside the processor already, where a locality is stated and
  /// no trace tells.
  public var hitShare: Double = 0

  public init(
    tier: String? = nil, resident: Residency? = nil, transfer: Transfer = .copyEngine,
    onMiss: OnMiss = .fetch, prefetch: Prefetch? = nil, trace: TraceReference? = nil
  ) {
    self.tier = tier
    self.resident = resident
    self.transfer = transfer
    self.onMiss = onMiss
    self.prefetch = prefetch
    self.trace = trace
  }
}
