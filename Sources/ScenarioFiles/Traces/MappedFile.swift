import Diagnostics
import Foundation

/// A whole file mapped into memory for reading; unmapped when the last owner lets go.
///
/// A file that another program truncates while it is mapped ends the process; traces are replaced
/// by rename, which leaves the old map whole.
final class MappedFile: @unchecked Sendable {
  // Unchecked: the map is read-only for its whole life.
  let bytes: UnsafeRawBufferPointer

  /// - Throws: `Faults` when the file is missing, not a plain file, empty or cannot be mapped.
  init(_ file: String) throws(Faults) {
    func refuse(_ reason: String) -> Faults {
      Faults(.unreadable(reason: reason), at: SourcePosition(file: file))
    }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw refuse(errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw refuse(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw refuse("it is not a plain file; name a file")
    }
    let length = Int(status.st_size)
    guard length > 0 else { throw refuse("the file is empty; is it the right file?") }
    guard let address = mmap(nil, length, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw refuse(String(cString: strerror(errno))) }
    bytes = UnsafeRawBufferPointer(start: address, count: length)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
