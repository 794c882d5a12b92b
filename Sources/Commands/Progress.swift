import Dispatch
import Foundation

/// One line of progress on a terminal's standard error: it appears after a second, tells the time
/// every second, and is gone when the work is done.
final class Progress: @unchecked Sendable {
  // Unchecked: every access holds the lock.
  private let lock = NSLock()
  private let start = Date()
  private let timer: (any DispatchSourceTimer)?
  private var text = "preparing"
  private var done = 0
  private var visible = false
  private var finished = false

  init(quiet: Bool) {
    guard !quiet, isatty(2) == 1 else {
      timer = nil
      return
    }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    self.timer = timer
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler { [weak self] in self?.show() }
    timer.resume()
  }

  /// Counts one part as done.
  func advance(_ what: String, of total: Int) {
    lock.lock()
    defer { lock.unlock() }
    done += 1
    text = "\(done) of \(total) done, last \(what)"
  }

  /// Says how far the work is.
  func tell(_ text: String) {
    lock.lock()
    defer { lock.unlock() }
    self.text = text
  }

  /// Takes the line away; nothing is written after it.
  func finish() {
    timer?.cancel()
    lock.lock()
    defer { lock.unlock() }
    if visible && !finished { write("\r\u{1B}[K") }
    finished = true
  }

  private func show() {
    lock.lock()
    defer { lock.unlock() }
    guard !finished else { return }
    visible = true
    write("\r\u{1B}[K\(text), \(Int(Date().timeIntervalSince(start))) s")
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
