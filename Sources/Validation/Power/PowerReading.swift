import Quantities

/// A board's power as a meter showed it while a kernel was repeated.
///
/// The power reading of NVIDIA boards since Ampere (`nvmlDeviceGetPowerUsage`, all but GA100) is the
/// mean of the last second, 0.1 s late; a step of load shows as a ramp of one second. A collector that
/// samples it each 0.1 s from the first call on therefore averages what came before into it. Source:
/// NVML reference of that function; a step response on an H200 is in `measurements/h200_supplement`.
public struct PowerReading: Sendable, Hashable {
  /// The mean of the samples, W.
  public var watts: Double
  /// How long the call was repeated while the meter was sampled, s.
  public var run: Double
  /// Whether the load had held for longer than the meter's second before the first sample.
  public var isSettled: Bool

  public init(watts: Double, run: Double, isSettled: Bool) {
    self.watts = watts
    self.run = run
    self.isSettled = isSettled
  }

  /// A reading of a collector of aiconfigurator, `benchmark_with_power` of its `collector/helper.py`.
  ///
  /// It repeats a graph of `calls` calls for a second, by the time that three calls issued by the
  /// host took, at most 3,000 and at least `least` times.
  /// - Parameters:
  ///   - seconds: of one call in the graph.
  ///   - issue: seconds that the host takes to issue one call.
  public init(watts: Double, seconds: Double, calls: Double, issue: Double, least: Double) {
    let replay = seconds * calls
    let times = max(least, min(Self.mostRuns, Self.target / (max(seconds, issue) * calls)))
    self.init(watts: watts, run: replay * times, isSettled: false)
  }

  private static let mostRuns = 3000.0
  private static let target = 1.0
  /// Seconds that the meter averages, lies behind and is asked at.
  public static let window = 1.0
  private static let delay = 0.1
  private static let sampling = 0.1

  /// Whether the call ran long enough to show: the whole second that the collector aims at.
  public var isResolved: Bool { isSettled || run >= 0.99 * Self.target }

  /// The share of the reading that is the call's own power; the rest is of the time before.
  ///
  /// The mean over samples at 0, 0.1, … s of the part of each one's window that the run fills.
  public var ownShare: Double {
    guard !isSettled else { return 1 }
    // In tenths of a second, where all terms are whole.
    let samples = Int((min(run, 1e5) / Self.sampling + 1e-9).rounded(.down)) + 1
    let full = Int((Self.window / Self.sampling).rounded())
    let late = Int((Self.delay / Self.sampling).rounded())
    // 0 while late, then 1, 2, … up to a full window.
    let rising = max(0, min(samples - late, full + 1))
    let filled = max(0, samples - late - full - 1)
    let sum = rising * (rising - 1) / 2 + filled * full
    return Double(sum) / Double(full * samples)
  }

  /// The reading to expect.
  ///
  /// - Parameters:
  ///   - watts: what the board draws during the call.
  ///   - idle: what it draws between calls.
  ///   - gap: seconds without load between the call before, which was much like this one, and this.
  public func expected(watts: Double, idle: Double, gap: Double) -> Double {
    let own = ownShare
    let before = 1 - min(max(gap / Self.window, 0), 1)
    return idle + (watts - idle) * (own + (1 - own) * before)
  }
}
