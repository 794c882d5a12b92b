/// The times of one case: its variants in turn, so that both meet the same state of a machine, and
/// each finds in the caches what the other left of its data.
public struct CaseTiming: Sendable {
  /// One variant at one shape.
  public struct Side: Sendable {
    public var seconds: Repeated
    public var flops: Double
    public var bytes: Double
  }

  public var kernel: String
  public var shape: KernelShape
  /// Nil for a kernel that is its own twin.
  public var sparse: Side?
  public var dense: Side
  /// Dense over sparse time, of pairs that ran one after the other; of the two times on several
  /// threads, where a pair's repeats do not count alike.
  public var speedup: Repeated?

  /// Times a case for about `seconds`.
  ///
  /// Every run is a lap of its own, but for runs far shorter than the clock can tell.
  /// - Throws: `.outOfMemory` where the shape cannot be made or run.
  public init(
    _ kernel: Kernel, shape: KernelShape, hasTwin: Bool = true, on pool: WorkerPool,
    seconds budget: Double = 0.08, leastRounds: Int = 5, mostRounds: Int = 51
  ) throws(KernelFault) {
    let made = try KernelCase(kernel, shape: shape)
    let watch = Stopwatch(threads: pool.threads, waits: kernel.readsFiles)
    self.kernel = kernel.name
    self.shape = shape
    var runs = [try Runs(.dense, of: made, on: pool, watch)]
    if hasTwin { runs.append(try Runs(.sparse, of: made, on: pool, watch)) }
    let start = Stopwatch.now
    var rounds = 0
    while rounds < mostRounds, rounds < leastRounds || Stopwatch.now - start < budget {
      for side in runs.indices { try runs[side].lap(of: made, on: pool, watch) }
      rounds += 1
    }
    dense = runs[0].side(made, watch)
    guard hasTwin else { return }
    let twin = runs[1].side(made, watch)
    sparse = twin
    var pairs = Repeated(zip(runs[0].laps, runs[1].laps).map { $0.seconds / $1.seconds })
    if watch.isShared { pairs.median = dense.seconds.median / twin.seconds.median }
    speedup = pairs
  }

  /// The repeats of one variant.
  private struct Runs {
    let variant: KernelVariant
    /// Runs of one lap.
    var times = 1
    var laps: [Stopwatch.Lap] = []
    /// A lap takes at least so long, above the clock's own time.
    private static let least = 1e-5

    init(
      _ variant: KernelVariant, of made: KernelCase, on pool: WorkerPool, _ watch: Stopwatch
    ) throws(KernelFault) {
      self.variant = variant
      try made.run(variant, on: pool)
      let first = try watch.lap { () throws(KernelFault) in try made.run(variant, on: pool) }
      times = max(1, min(1000, Int((Self.least / first.seconds).rounded(.up))))
    }

    mutating func lap(
      of made: KernelCase, on pool: WorkerPool, _ watch: Stopwatch
    ) throws(KernelFault) {
      var lap = try watch.lap { () throws(KernelFault) in
        for _ in 0..<times { try made.run(variant, on: pool) }
      }
      lap.seconds = max(lap.seconds - watch.overhead, 1e-9) / Double(times)
      laps.append(lap)
    }

    func side(_ made: KernelCase, _ watch: Stopwatch) -> Side {
      let work = made.work(variant)
      return Side(
        seconds: Repeated(watch.sound(laps)), flops: work.flops, bytes: work.bytes)
    }
  }
}
