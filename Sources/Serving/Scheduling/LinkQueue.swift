/// One direction of a link: transfers in the order in which they are asked for, one at a time at the
/// link's full rate.
///
/// What a transfer takes is the caller's to say; the queue prices nothing. Time is whole picoseconds.
public struct LinkQueue: Sendable, Equatable {
  /// When the last transfer that was asked for leaves the link free.
  public private(set) var free: Int64 = 0
  /// Picoseconds in which the link is taken, of all transfers that were asked for.
  public private(set) var busy: Int64 = 0
  public private(set) var bytes: Int64 = 0
  public private(set) var transfers: Int64 = 0
  /// Picoseconds that transfers waited for those before them.
  public private(set) var waited: Int128 = 0

  public init() {}

  /// Asks for a transfer.
  /// - Parameters:
  ///   - span: picoseconds for which it takes the link.
  ///   - latency: picoseconds from its last byte on the link to its arrival, which take nothing of the
  ///     link.
  ///   - time: when it is asked for; no earlier than that of the transfer before, if the order is to be
  ///     that of time.
  /// - Returns: when it has arrived.
  /// - Precondition: nothing given is below 0.
  public mutating func send(
    _ bytes: Int64, taking span: Int64, latency: Int64 = 0, at time: Int64
  ) -> Int64 {
    precondition(bytes >= 0 && span >= 0 && latency >= 0 && time >= 0)
    let start = max(time, free)
    waited += Int128(start - time)
    free = start + span
    busy += span
    self.bytes += bytes
    transfers += 1
    return free + latency
  }
}
