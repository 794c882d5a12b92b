import Kernels

/// Memory that reads from a disk go through in turn, as through the slots of a cache.
///
/// Reads to the same few places stay in the caches of the cores and run faster than they would in
/// use: a sixth, on a machine whose disk is served by a core. So each read follows the last one, and
/// the first comes again only when all of the memory was written.
final class ReadRoom {
  private let memory: ReadMemory
  private var next = 0

  /// Twice the last cache of most processors.
  static let least = 64 << 20

  /// - Parameter bytes: the most that is read at once.
  /// - Throws: `.outOfMemory`.
  init(bytes: Int = 0) throws(KernelFault) {
    memory = try ReadMemory(bytes: max(bytes, Self.least))
  }

  /// Reads pieces of `bytes` each at their offsets and waits for all; the seconds it took.
  ///
  /// - Throws: `.wrongCount` where the room does not hold them, `.unreadable` where the file cannot
  ///   be read.
  func time(_ reader: FileReader, offsets: [Int], bytes: Int) throws(KernelFault) -> Double {
    let count = offsets.count * bytes
    if next + count > memory.bytes.count { next = 0 }
    let room = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[next...].prefix(count))
    next += count
    let start = Stopwatch.now
    try reader.read(offsets: offsets, bytes: bytes, into: room)
    return Stopwatch.now - start
  }
}
