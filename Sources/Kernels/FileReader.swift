import CKernels

/// Memory for reads past the page cache, aligned for them and in huge pages where there are any.
public final class ReadMemory {
  public let bytes: UnsafeMutableRawBufferPointer

  /// - Throws: `.outOfMemory`, `.outOfRange` for a negative size.
  public init(bytes count: Int) throws(KernelFault) {
    try Inputs.range(count, 0...Int.max, "bytes")
    guard let memory = lacuna_file_memory(Int64(count)) else { throw .outOfMemory }
    bytes = UnsafeMutableRawBufferPointer(start: memory, count: count)
  }

  deinit { lacuna_file_memory_free(bytes.baseAddress, Int64(bytes.count)) }
}

/// Reads many pieces of a file at once: neuron bundles, pages, experts.
public final class FileReader {
  /// How reads are carried out.
  public enum Way: Sendable, Hashable {
    /// io_uring where the system has it, threads elsewhere.
    case best
    case threads
    /// io_uring, by system calls.
    case uring
  }

  /// What offsets, sizes and addresses are multiples of when the page cache is bypassed.
  public static let directAlignment = Int(LACUNA_DIRECT_ALIGNMENT)

  private let file: Int32
  private let handle: OpaquePointer
  public let isDirect: Bool
  /// The way that `best` chose.
  public let way: Way

  /// - Parameters:
  ///   - isDirect: Bypasses the page cache; where the file system cannot, opening fails.
  ///   - depth: Reads under way at once, 1 to 1024.
  /// - Throws: `.unreadable` with the system's error number, `.outOfRange`.
  public init(
    path: String, isDirect: Bool = false, way: Way = .best, depth: Int = 32
  ) throws(KernelFault) {
    try Inputs.range(depth, 1...1024, "depth")
    file = lacuna_file_open(path, isDirect ? 1 : 0)
    guard file >= 0 else { throw .unreadable(code: -file) }
    let known: lacuna_reading =
      switch way {
      case .best: LACUNA_READ_BEST
      case .threads: LACUNA_READ_THREADS
      case .uring: LACUNA_READ_URING
      }
    var error: Int32 = 0
    guard let handle = lacuna_reader_create(file, known, Int32(depth), &error) else {
      lacuna_file_close(file)
      throw .unreadable(code: error)
    }
    self.handle = handle
    self.isDirect = isDirect
    self.way = lacuna_reader_way(handle) == LACUNA_READ_URING ? .uring : .threads
  }

  deinit {
    lacuna_reader_destroy(handle)
    lacuna_file_close(file)
  }

  /// Reads pieces of `bytes` each at their offsets, one after the other into `memory`.
  ///
  /// - Throws: `.wrongCount` unless memory is as large as the pieces together, `.outOfRange` for a
  ///   negative offset, `.unreadable` with the error number of a piece that failed.
  public func read(
    offsets: [Int], bytes: Int, into memory: UnsafeMutableRawBufferPointer,
    ids: (Touched, [Int32])? = nil, recorder: TouchRecorder? = nil
  ) throws(KernelFault) {
    try Inputs.size(bytes, "bytes")
    try Inputs.count(memory.count, try Inputs.product(offsets.count, bytes), "memory")
    if let ids { try Inputs.count(ids.1.count, offsets.count, "ids") }
    var reads: [lacuna_read] = []
    for (index, offset) in offsets.enumerated() {
      try Inputs.range(offset, 0...Int.max, "offset")
      reads.append(
        lacuna_read(
          offset: Int64(offset), bytes: Int64(bytes),
          to: memory.baseAddress.map { $0 + index * bytes }))
    }
    let what = lacuna_touched(rawValue: UInt32(ids?.0.rawValue ?? 0))
    let status = TouchRecorder.use(recorder) { recorder in
      guard let ids else {
        return lacuna_reader_run(handle, reads, Int64(reads.count), what, nil, recorder)
      }
      return lacuna_reader_run(handle, reads, Int64(reads.count), what, ids.1, recorder)
    }
    guard status == 0 else { throw .unreadable(code: -status) }
  }
}
