import Foundation
import Synchronization

/// The progress of a sweep: points done, their rate and the time that is left.
final class SweepProgress: Sendable {
  private struct State {
    var points = 0
    var done = 0
    var start = Date()
  }

  private let line: Progress
  private let state = Mutex(State())

  init(_ line: Progress) { self.line = line }

  func begin(points: Int) {
    state.withLock { $0 = State(points: points) }
  }

  func advance(_ points: Int) {
    let text = state.withLock { state in
      state.done += points
      return Self.text(state)
    }
    line.tell(text)
  }

  private static func text(_ state: State) -> String {
    let seconds = Date().timeIntervalSince(state.start)
    let rate = Double(state.done) / max(seconds, 1e-3)
    let left = Int(Double(state.points - state.done) / max(rate, 1e-9))
    return "\(state.done) of \(state.points) points, \(Int(rate)) a second, \(left) s left"
  }
}
