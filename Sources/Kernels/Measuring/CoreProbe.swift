import CKernels

/// What the cores of this machine do, and what the system says of them.
public enum CoreProbe {
  public static var cores: Int { Int(lacuna_core_count()) }
  public static var memoryBytes: Int { Int(lacuna_memory_bytes()) }

  /// A cache that holds data.
  public struct Cache: Sendable, Hashable {
    public var level: Int
    public var bytes: Int
    /// Whether each core has one.
    public var isOwn: Bool
  }

  /// The caches that the system names, smallest first.
  public static var caches: [Cache] {
    (1...4).compactMap { level in
      let bytes = Int(lacuna_cache_bytes(Int32(level)))
      return bytes > 0
        ? Cache(level: level, bytes: bytes, isOwn: lacuna_cache_is_own(Int32(level)) == 1) : nil
    }
  }

  /// fp32 multiply-adds in registers over all threads of a pool, flops a second.
  public static func arithmetic(on pool: WorkerPool, repeats: Int = 9) -> Repeated {
    let rounds = 4000
    let watch = Stopwatch(threads: pool.threads)
    let laps = (0..<repeats).map { _ in
      watch.lap {
        _ = lacuna_measure_arithmetic(pool.handle, Int64(rounds), Int32(pool.threads))
      }
    }
    return Repeated(watch.sound(laps)).rate(
      Double(lacuna_arithmetic_flops()) * Double(rounds) * Double(pool.threads))
  }

  /// Seconds to wake a pool for one task a thread, and to wait for all.
  public static func wake(_ pool: WorkerPool, repeats: Int = 201) -> Repeated {
    let watch = Stopwatch(threads: pool.threads)
    // A call of a pool of one is far below the clock's step.
    let times = pool.threads == 1 ? 1000 : 1
    let laps = (0..<repeats).map { _ in
      watch.lap { lacuna_measure_wake(pool.handle, Int64(pool.threads), Int64(times)) }
    }
    return Repeated(watch.sound(laps).map { $0 / Double(times) })
  }
}
