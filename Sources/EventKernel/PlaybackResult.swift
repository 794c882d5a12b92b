/// What a playback measured, all times in picoseconds.
public struct PlaybackResult: Sendable {
  /// When each round ended.
  public var roundEnds: [Int64]
  /// When the last activity of all ended.
  public var makespan: Int64
  /// Time that each activity of the list ran and did not stand still, summed over rounds.
  public var busy: [Int64]
  /// Time that queues stood idle waiting for each activity of the list, summed over rounds.
  public var awaited: [Int64]
  /// Time that each activity of the list took longer than it would have alone.
  public var slowed: [Int64]
  public var queueBusy: [Int64]
  /// Time during which two queues or more were busy.
  public var overlapped: Int64
  /// Starts and completions of activities that were not skipped.
  public var events: Int
  /// The first intervals in the order of their completion, up to the limit asked for.
  public var intervals: [Interval]

  public struct Interval: Sendable {
    public var activity: Int32
    public var round: Int32
    public var start: Int64
    public var end: Int64
  }
}
