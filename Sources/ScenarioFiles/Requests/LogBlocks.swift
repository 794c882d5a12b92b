import Diagnostics
import Foundation

/// A log's bytes in runs of whole lines: a plain file block by block, a gzip file inflated at once.
///
/// Every run ends with a line feed, which is added where the file's last line has none: whoever
/// reads numbers needs to look for no other end.
final class LogBlocks {
  /// What one line may have; prompts of a million tokens in blocks of 16 take half a megabyte.
  static let longestLine = 16 << 20
  /// What a gzip file may inflate to.
  static let mostInflated = 2 << 30

  private let file: String
  private let descriptor: Int32
  /// Bytes of the file, or of what it inflates to, and how many of them were given out.
  private(set) var size: Int
  private(set) var given = 0
  /// Readers may look so far past a line feed.
  static let padding = 32
  private static let runLength = 1 << 18
  private var buffer: UnsafeMutablePointer<UInt8>
  /// What the buffer takes, beside the padding.
  private var capacity = LogBlocks.runLength
  private var filled = 0
  /// Where the line begins that the last run left unfinished.
  private var rest = 0
  private var isAtEnd = false

  /// - Throws: `Faults` when the file is missing, not a plain file, empty, or damaged gzip.
  init(_ file: String) throws(Faults) {
    self.file = file
    descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    buffer = .allocate(capacity: capacity + Self.padding)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      size = 0
      throw Self.refusal(file, errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
    }
    size = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Self.refusal(file, "it is not a plain file; name a file")
    }
    guard size > 0 else { throw Self.refusal(file, "the file is empty; is it the right file?") }
    try fill()
    if filled >= 2, buffer[0] == 0x1F, buffer[1] == 0x8B { try inflateAll() }
    if filled >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { rest = 3 }
  }

  deinit {
    buffer.deallocate()
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next whole lines; nil at the end.
  /// - Parameter line: the lines before them, for a fault.
  /// - Throws: `Faults` for a line beyond `longestLine`, or where the file cannot be read on.
  func next(after line: Int) throws(Faults) -> UnsafeBufferPointer<UInt8>? {
    while true {
      if let end = lastLineEnd() {
        defer { rest = end }
        given += end - rest
        return UnsafeBufferPointer(start: buffer + rest, count: end - rest)
      }
      guard !isAtEnd else {
        guard rest < filled else { return nil }
        // Only the last line can be without its end, and the padding has room for it.
        buffer[filled] = UInt8(ascii: "\n")
        filled += 1
        continue
      }
      try makeRoom(after: line)
      try fill()
    }
  }

  /// One past the last line feed of a run of usual length, or past the first one beyond that; nil
  /// where the buffer's rest holds none.
  private func lastLineEnd() -> Int? {
    let usual = min(filled, rest + Self.runLength)
    var end = usual
    while end > rest {
      if buffer[end - 1] == 10 { return end }
      end -= 1
    }
    guard let found = memchr(buffer + usual, 10, filled - usual) else { return nil }
    return UnsafeRawPointer(buffer).distance(to: found) + 1
  }

  /// Moves the unfinished line to the front, into a larger buffer where it fills the whole.
  private func makeRoom(after line: Int) throws(Faults) {
    if rest == 0, filled == capacity {
      guard capacity < Self.longestLine else {
        throw Faults(
          .malformed(
            format: "request log", found: "a line of more than \(Self.longestLine >> 20) MiB",
            mend: "is it the right file? give one request a line"),
          at: SourcePosition(file: file, line: line + 1))
      }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + Self.padding)
      larger.update(from: buffer, count: filled)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    } else if rest > 0 {
      memmove(buffer, buffer + rest, filled - rest)
      filled -= rest
      rest = 0
    }
  }

  /// Reads until the buffer is full or the file ends.
  private func fill() throws(Faults) {
    while filled < capacity, !isAtEnd {
      let count = read(descriptor, buffer + filled, capacity - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Self.refusal(file, "the read failed (\(String(cString: strerror(errno))))")
      }
      isAtEnd = count == 0
      filled += count
    }
  }

  /// Replaces the buffer by what the whole file inflates to.
  private func inflateAll() throws(Faults) {
    guard size <= Self.mostInflated else {
      throw Self.refusal(file, "it is larger than \(Self.mostInflated >> 20) MiB; inflate it")
    }
    // One byte more than the file has, so that its end is seen.
    let whole = Gzip.memory(size + 1)
    whole.update(from: buffer, count: filled)
    buffer.deallocate()
    (buffer, capacity) = (whole, size + 1)
    try fill()
    guard isAtEnd, filled == size else {
      throw Self.refusal(file, "it changed while it was read; run it again")
    }
    let inflated = try Gzip.inflated(
      UnsafeRawBufferPointer(start: buffer, count: filled), file: file, limit: Self.mostInflated,
      padding: Self.padding)
    buffer.deallocate()
    buffer = inflated.bytes
    filled = inflated.count
    (capacity, size) = (filled, filled)
  }

  private static func refusal(_ file: String, _ reason: String) -> Faults {
    Faults(.unreadable(reason: reason), at: SourcePosition(file: file))
  }
}
