import CKernels

/// How fast memory is read: in order, at random, one line after another.
public final class MemoryProbe {
  private let memory: UnsafeMutableRawPointer
  /// Bytes that may be read.
  public let bytes: Int
  /// Repeats of each figure.
  public var repeats = 7
  /// Bytes that one repeat moves at least, so that the clock's own time does not show.
  private static let moved = 24 << 20

  /// - Throws: `.outOfMemory`.
  public init(bytes: Int) throws(KernelFault) {
    guard let memory = lacuna_measure_memory(Int64(bytes)) else { throw .outOfMemory }
    self.memory = memory
    self.bytes = bytes
  }

  deinit { lacuna_measure_free(memory) }

  private var floats: UnsafePointer<Float> {
    UnsafePointer(memory.assumingMemoryBound(to: Float.self))
  }

  /// B/s over all threads when each reads its own share of `workingSet` again and again, in order.
  ///
  /// - Precondition: the working set fits in this probe, 1 KiB or more a thread.
  public func stream(workingSet: Int, on pool: WorkerPool) -> Repeated {
    let parts = pool.threads
    let share = workingSet / 4 / parts / 256 * 256
    precondition(share >= 256 && share * 4 * parts <= bytes, "a working set within the memory")
    let passes = max(1, Self.moved / (share * 4))
    let amount = Double(share * 4 * parts * passes)
    return repeated(pool) { _ in
      _ = lacuna_measure_stream(
        pool.handle, floats, Int64(share), Int64(passes), Int32(parts))
    }.rate(amount)
  }

  /// B/s over all threads when each reads runs of `granularity` bytes at random below `workingSet`.
  ///
  /// - Precondition: a granularity of whole lines of 64 bytes, within the working set.
  public func random(workingSet: Int, granularity: Int, on pool: WorkerPool) -> Repeated {
    precondition(granularity % 64 == 0 && granularity > 0 && granularity <= workingSet)
    precondition(workingSet <= bytes, "a working set within the memory")
    let reads = max(4, Self.moved / 4 / granularity)
    let amount = Double(reads * granularity * pool.threads)
    return repeated(pool) { turn in
      _ = lacuna_measure_random(
        pool.handle, floats, Int64(workingSet / 4), Int64(granularity / 4), Int64(reads),
        Int32(pool.threads), UInt64(turn + 1))
    }.rate(amount)
  }

  /// Seconds from one read to the next when each names the place of the next, all over `workingSet`.
  public func latency(workingSet: Int) -> Repeated {
    let lines = max(2, min(workingSet, bytes) / 64)
    let chain = memory.assumingMemoryBound(to: Int64.self)
    lacuna_measure_chain(chain, Int64(lines), 1)
    let steps = 100_000
    let watch = Stopwatch(threads: 1)
    var laps: [Stopwatch.Lap] = []
    for _ in 0..<repeats {
      laps.append(watch.lap { _ = lacuna_measure_latency(chain, Int64(steps)) })
    }
    lacuna_measure_clear(memory, Int64(lines * 64))
    return Repeated(watch.sound(laps).map { $0 / Double(steps) })
  }

  private func repeated(_ pool: WorkerPool, _ body: (Int) -> Void) -> Repeated {
    let watch = Stopwatch(threads: pool.threads)
    body(0)
    return Repeated(watch.sound((1...repeats).map { turn in watch.lap { body(turn) } }))
  }
}
