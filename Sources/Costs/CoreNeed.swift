import Programs

/// What decides how many cores of its unit an operation keeps busy.
public enum CoreNeed: Sendable, Hashable {
  /// It runs on no compute unit, as copies and storage reads do.
  case none
  /// It spreads over all cores there are.
  case all
  /// A core for each so many programs.
  case programs(Affine, perCore: Double)
  /// As many as draw its bytes in its time, when one core draws `coreRate` bytes a second.
  case draw(coreRate: Double)

  /// Share of `unitCores` that an operation needs for full speed.
  ///
  /// A kernel whose bytes are drawn in the mean rate of its whole time needs fewer cores the more of
  /// that time is set-up, so that from what n cores draw it never takes longer than its bytes do.
  /// - Parameters:
  ///   - bytes: most bytes on one of its paths.
  ///   - seconds: its time alone.
  public func share(
    of unitCores: Double, count: Double, bytes: Double, seconds: Double
  ) -> Double {
    let cores =
      switch self {
      case .none: 0.0
      case .all: unitCores
      case .programs(let programs, let perCore): max(1, programs(count) / perCore)
      case .draw(let coreRate): max(1, bytes / seconds / coreRate)
      }
    return min(1, cores / unitCores)
  }
}
