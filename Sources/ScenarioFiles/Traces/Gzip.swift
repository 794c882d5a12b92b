import CDeflate
import Diagnostics
import Foundation

/// Gzip content inflated at once, with a limit on what comes out.
///
/// By libdeflate, which inflates three times as fast as zlib and wants all of the input and of the
/// output in memory.
public enum Gzip {
  /// Recordings are tens of megabytes; a stream beyond this is no recording.
  public static let sizeLimit = 256 << 20

  /// The content of `bytes`: inflated when they are gzip (all members), themselves when not.
  ///
  /// - Throws: `Faults` when the stream is damaged, cut short or inflates beyond `limit`.
  public static func content(
    of bytes: [UInt8], file: String, limit: Int = sizeLimit
  ) throws(Faults) -> [UInt8] {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    return try bytes.withUnsafeBufferPointer { source throws(Faults) -> [UInt8] in
      let inflated = try inflated(UnsafeRawBufferPointer(source), file: file, limit: limit)
      defer { inflated.bytes.deallocate() }
      return [UInt8](UnsafeBufferPointer(start: inflated.bytes, count: inflated.count))
    }
  }

  /// What gzip `bytes` inflate to, with some room behind it; the caller deallocates it.
  static func inflated(
    _ bytes: UnsafeRawBufferPointer, file: String, limit: Int, padding: Int = 0
  ) throws(Faults) -> (bytes: UnsafeMutablePointer<UInt8>, count: Int) {
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(
        .malformed(format: "gzip", found: found, mend: mend), at: SourcePosition(file: file))
    }
    guard let decompressor = libdeflate_alloc_decompressor() else {
      throw refuse("libdeflate cannot start", "free some memory")
    }
    defer { libdeflate_free_decompressor(decompressor) }
    var room = expectedSize(bytes, limit: limit)
    var output = memory(room + padding)
    var (taken, made) = (0, 0)
    // A file may hold several members one after another.
    while taken < bytes.count {
      var (used, came) = (0, 0)
      let result = libdeflate_gzip_decompress_ex(
        decompressor, bytes.baseAddress.map { $0 + taken }, bytes.count - taken, output + made,
        room - made, &used, &came)
      switch result {
      case LIBDEFLATE_SUCCESS:
        taken += used
        made += came
      case LIBDEFLATE_INSUFFICIENT_SPACE where room < limit:
        room = min(limit, 2 * room)
        let larger = memory(room + padding)
        larger.update(from: output, count: made)
        output.deallocate()
        output = larger
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        output.deallocate()
        throw refuse("more than \(limit) bytes when inflated", "is it the right file? cut it")
      default:
        output.deallocate()
        throw refuse("the stream is damaged or ends early", "copy the whole file again")
      }
    }
    return (output, made)
  }

  /// Memory that is filled from end to end: pages of 2 MiB, where the system has them, take half of the
  /// time that inflation spends on new ones of 4 KiB.
  static func memory(_ size: Int) -> UnsafeMutablePointer<UInt8> {
    let large = 2 << 20
    guard size > 4 * large else { return .allocate(capacity: size) }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: large)
    madvise(memory, size, MADV_HUGEPAGE)
    return memory.bindMemory(to: UInt8.self, capacity: size)
  }

  /// What the end of the file says of its size, where that can be: deflate makes at most 1,032
  /// bytes of one.
  private static func expectedSize(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Int {
    let stated = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return min(limit, max(1 << 16, min(stated, 1032 * bytes.count)))
  }
}
