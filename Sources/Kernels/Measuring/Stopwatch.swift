import CKernels

/// Times work that is repeated, on a machine that others may use too.
///
/// With one thread, time is what the thread spent on a core, so that other programs do not count.
/// With several it is time on the wall. Repeats in which the system took a core away are left out as
/// long as three others remain; and of these the slower half, because a thread that is woken may wait
/// for the work of others without losing a core, which only adds to a time.
public struct Stopwatch: Sendable {
  public let threads: Int
  private let isByWall: Bool
  /// Whether threads wait for each other.
  let isShared: Bool

  /// - Parameter waits: whether the work waits for a device, so that only the wall's time counts.
  public init(threads: Int, waits: Bool = false) {
    self.threads = threads
    isByWall = waits || threads > 1
    isShared = !waits && threads > 1
    let read = isByWall ? lacuna_time_wall : lacuna_time_busy
    var least = Double.infinity
    for _ in 0..<9 {
      let start = read()
      least = min(least, read() - start)
    }
    overhead = max(0, least)
  }

  /// What an empty lap reads, the least of some: to be taken off short laps.
  public let overhead: Double

  /// The time of one repeat in seconds, and whether the system took a core away meanwhile.
  public struct Lap: Sendable {
    public var seconds: Double
    public var isInterrupted: Bool
  }

  public func lap<Fault: Error>(_ body: () throws(Fault) -> Void) throws(Fault) -> Lap {
    let before = lacuna_interruptions()
    let start = time
    try body()
    let end = time
    return Lap(seconds: max(end - start, 1e-9), isInterrupted: lacuna_interruptions() > before)
  }

  private var time: Double { isByWall ? lacuna_time_wall() : lacuna_time_busy() }

  /// Seconds since some moment of the past.
  public static var now: Double { lacuna_time_wall() }

  /// The repeats that count.
  public func sound(_ laps: [Lap]) -> [Double] {
    guard isByWall else { return laps.map(\.seconds) }
    let quiet = laps.filter { !$0.isInterrupted }
    let counted = (quiet.count >= 3 ? quiet : laps).map(\.seconds)
    return isShared ? Array(counted.sorted().prefix((counted.count + 1) / 2)) : counted
  }
}

/// A figure that was measured several times.
public struct Repeated: Sendable, Hashable {
  public var median: Double
  /// Half of the repeats lie within this share of the median around it: half the distance of the
  /// quartiles over the median.
  public var spread: Double
  public var count: Int

  /// - Precondition: one value or more.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a figure was measured at least once")
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
    median = quantile(0.5)
    spread = median == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / 2 / abs(median)
    count = sorted.count
  }

  /// The same repeats in another unit: `amount` in the time that was measured.
  public func rate(_ amount: Double) -> Repeated {
    var rate = self
    rate.median = amount / median
    return rate
  }
}
