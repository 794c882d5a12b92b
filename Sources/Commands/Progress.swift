import Foundation

/// One line of progress on a terminal's standard error, gone when the work is done.
final class Progress: @unchecked Sendable {
  // Unchecked: every access holds the lock.
  private let lock = NSLock()
  private let shown: Bool
  private let start = Date()
  private var done = 0
  private var visible = false

  init(quiet: Bool) { shown = !quiet && isatty(2) == 1 }

  /// Counts one part as done; the line appears after the first second.
  func advance(_ what: String, of total: Int) {
    lock.lock()
    defer { lock.unlock() }
    done += 1
    guard shown, Date().timeIntervalSince(start) > 1 else { return }
    visible = true
    write("\r\u{1B}[K\(done) of \(total) done, last \(what)")
  }

  func finish() {
    lock.lock()
    defer { lock.unlock() }
    if visible { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
