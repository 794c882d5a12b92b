import CKernels

/// Threads that kernels share.
///
/// Kernels cut their work by the shape alone, so their results are the same to the bit at any
/// number of threads. A pool serves one caller at a time and is not `Sendable`.
public final class WorkerPool {
  let handle: OpaquePointer
  public let threads: Int

  /// A pool of `threads` workers, the calling thread among them.
  ///
  /// - Throws: `.outOfRange` unless 1 to 1024, `.outOfMemory` where threads cannot be had.
  public init(threads: Int = 1) throws(KernelFault) {
    try Inputs.range(threads, 1...1024, "threads")
    guard let handle = lacuna_pool_create(Int32(threads)) else { throw .outOfMemory }
    self.handle = handle
    self.threads = threads
  }

  deinit { lacuna_pool_destroy(handle) }
}

/// The instruction sets that kernels are compiled for.
public enum InstructionLevel: Int32, CaseIterable, Sendable {
  /// What every machine of the architecture has: SSE2 or NEON.
  case least = 1
  /// AVX2 and FMA.
  case avx2 = 3
  /// AVX-512 F, BW, DQ and VL.
  case avx512 = 4

  /// What kernels use on this machine.
  public static var current: InstructionLevel {
    InstructionLevel(rawValue: lacuna_cpu_level()) ?? .least
  }
}
