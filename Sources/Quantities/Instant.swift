/// A point of simulated time: whole picoseconds since the start.
///
/// Integers compare exactly and do not drift, so equal inputs give equal schedules on every run.
/// `Int64` holds 106 days. An instant minus an instant is a `Span`; instants do not add.
@frozen public struct Instant: Hashable, Comparable, Sendable {
  public var picoseconds: Int64
  @inlinable public init(picoseconds: Int64) { self.picoseconds = picoseconds }
  public static let start = Instant(picoseconds: 0)

  @inlinable public static func < (a: Instant, b: Instant) -> Bool {
    a.picoseconds < b.picoseconds
  }
  @inlinable public static func - (a: Instant, b: Instant) -> Span {
    Span(picoseconds: a.picoseconds - b.picoseconds)
  }
  @inlinable public static func + (a: Instant, b: Span) -> Instant {
    Instant(picoseconds: a.picoseconds + b.picoseconds)
  }
}

/// A whole number of picoseconds between two instants.
@frozen public struct Span: Hashable, Comparable, Sendable {
  public var picoseconds: Int64
  @inlinable public init(picoseconds: Int64) { self.picoseconds = picoseconds }

  /// Rounds a duration to the nearest picosecond; this is the one place where time is rounded.
  ///
  /// - Precondition: `seconds` is finite, not negative and below 106 days.
  @inlinable public init(rounding seconds: Seconds) {
    precondition(
      seconds.value >= 0 && seconds.value < 9.2e6, "a duration must be finite and below 106 days")
    picoseconds = Int64((seconds.value * 1e12).rounded())
  }

  public static let zero = Span(picoseconds: 0)
  @inlinable public var seconds: Seconds { Seconds(Double(picoseconds) * 1e-12) }
  @inlinable public static func < (a: Span, b: Span) -> Bool { a.picoseconds < b.picoseconds }
  @inlinable public static func + (a: Span, b: Span) -> Span {
    Span(picoseconds: a.picoseconds + b.picoseconds)
  }
}
