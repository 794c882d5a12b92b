import Quantities

/// What one operation costs alone, and why.
public struct Price: Sendable, Hashable {
  public var time: Seconds
  /// The least that physics allows: flops over peak, bytes over the peak of each tier and link.
  public var floor: Seconds
  /// What `time` is made of, beyond its fixed part.
  public var bound: Bound

  public init(time: Seconds, floor: Seconds, bound: Bound) {
    self.time = time
    self.floor = floor
    self.bound = bound
  }
}

/// What limits an operation.
public enum Bound: String, Sendable, CaseIterable {
  case arithmetic, memory, link, storage
  /// The programs of a gather are too few to fill the link.
  case programs
  /// Launches and set-up outweigh the work.
  case fixed
}
