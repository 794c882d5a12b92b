import CZlib
import Diagnostics

/// Gzip content inflated in pieces, with a limit on what comes out.
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
    func refuse(_ found: String, _ mend: String) -> Faults {
      Faults(
        .malformed(format: "gzip", found: found, mend: mend), at: SourcePosition(file: file))
    }
    var stream = z_stream()
    guard lacuna_inflate_init_gzip(&stream) == Z_OK else {
      throw refuse("zlib cannot start", "free some memory")
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var input = bytes
    let chunkSize = 1 << 18
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunkSize)
    defer { chunk.deallocate() }
    return try input.withUnsafeMutableBufferPointer { source throws(Faults) in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      while true {
        stream.next_out = chunk.baseAddress
        stream.avail_out = UInt32(chunkSize)
        let status = inflate(&stream, Z_NO_FLUSH)
        let made = chunkSize - Int(stream.avail_out)
        guard output.count + made <= limit else {
          throw refuse(
            "more than \(limit) bytes when inflated", "is it the right file? cut it")
        }
        output.append(contentsOf: chunk[..<made])
        switch status {
        case Z_OK: continue
        case Z_STREAM_END:
          if stream.avail_in == 0 { return output }
          guard inflateReset(&stream) == Z_OK else {
            throw refuse("zlib cannot go on", "free some memory")
          }
        case Z_BUF_ERROR: throw refuse("it ends in mid-stream", "copy the whole file")
        default: throw refuse("the stream is damaged", "copy the file again")
        }
      }
    }
  }
}
