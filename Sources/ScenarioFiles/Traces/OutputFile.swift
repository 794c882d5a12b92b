import Diagnostics
import Foundation

/// A file that appears whole under its name, or not at all.
///
/// Bytes go to a temporary file beside it; `commit` renames that. Without a commit the temporary
/// file is removed when this object goes.
public final class OutputFile {
  public let file: String
  private let temporary: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  /// - Throws: `Faults` when no file can be made there.
  public init(_ file: String) throws(Faults) {
    self.file = file
    temporary = "\(file).\(getpid()).partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Faults(
        .unreadable(reason: "it cannot be written (\(String(cString: strerror(errno))))"),
        at: SourcePosition(file: file))
    }
    buffer.reserveCapacity(OutputFile.bufferSize + 4096)
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(temporary)
  }

  public func write(_ text: String) throws(Faults) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= OutputFile.bufferSize { try flush() }
  }

  public func write(_ bytes: [UInt8]) throws(Faults) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= OutputFile.bufferSize { try flush() }
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws(Faults) {
    try flush()
    try writeOut(bytes)
  }

  /// Puts the file in its place, over an older one.
  public func commit() throws(Faults) {
    try flush()
    guard fsync(descriptor) == 0, rename(temporary, file) == 0 else { throw failure() }
    close(descriptor)
    descriptor = -1
  }

  private func flush() throws(Faults) {
    guard !buffer.isEmpty else { return }
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    try pending.withUnsafeBufferPointer { bytes throws(Faults) in
      try writeOut(UnsafeRawBufferPointer(bytes))
    }
  }

  private func writeOut(_ bytes: UnsafeRawBufferPointer) throws(Faults) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      rest = rest.dropFirst(written)
    }
  }

  private func failure() -> Faults {
    Faults(
      .unreadable(reason: "the write failed (\(String(cString: strerror(errno))))"),
      at: SourcePosition(file: file))
  }
}
