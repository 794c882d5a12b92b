import Diagnostics
import Exploration
import Foundation
import NumericalMethods
import ResultStores
import Synchronization

/// Threads that work out chunks of a sweep and put each in its place.
struct SweepWorkers {
  let definition: SweepDefinition
  let folder: PartFolder
  let threads: Int
  let progress: SweepProgress

  /// Works out those chunks of a shard that are not there yet.
  /// - Throws: `Faults` where a part cannot be written.
  func run(_ shard: Shard) throws(Faults) {
    let chunks = definition.chunks
    let left = (0..<chunks.count).filter { shard.contains(chunk: $0) && !folder.holds($0) }
    progress.begin(points: left.reduce(0) { $0 + chunks.points(of: $1).count })
    let state = Shared(left)
    let group = DispatchGroup()
    for _ in 0..<max(1, min(threads, left.count)) {
      let thread = Thread { [self] in
        do {
          try work(state)
        } catch {
          state.fail(error)
        }
        group.leave()
      }
      // Scenarios are read by descent, in debug builds by deep frames.
      thread.stackSize = 16 << 20
      group.enter()
      thread.start()
    }
    group.wait()
    try state.result()
  }

  private func work(_ state: Shared) throws {
    let evaluator = try definition.evaluator()
    let axes = definition.design.axes
    var cursor = DesignCursor(definition.design)
    var point = [Int](repeating: 0, count: axes.count)
    var values = [Double](repeating: .nan, count: definition.metrics.count)
    var rows = RowText(keys: axes.map(\.values))
    while let chunk = state.next() {
      rows.removeAll()
      let points = definition.chunks.points(of: chunk)
      for index in points {
        try cursor.point(index, into: &point)
        let fault = evaluator.evaluate(point, into: &values)
        rows.append(point: index, at: point, values: values, fault: fault)
      }
      try folder.write(rows.bytes, chunk: chunk)
      progress.advance(points.count)
    }
  }

  /// The first row, by which sweeps of different profiles are told apart.
  static func firstRow(_ definition: SweepDefinition) throws -> String {
    let axes = definition.design.axes
    var cursor = DesignCursor(definition.design)
    var point = [Int](repeating: 0, count: axes.count)
    var values = [Double](repeating: .nan, count: definition.metrics.count)
    var rows = RowText(keys: axes.map(\.values))
    try cursor.point(0, into: &point)
    let fault = try definition.evaluator().evaluate(point, into: &values)
    rows.append(point: 0, at: point, values: values, fault: fault)
    return String(decoding: rows.bytes, as: UTF8.self)
  }
}

/// Which chunk is next, and what went wrong first.
private final class Shared: Sendable {
  private struct State {
    var next = 0
    var faults: Faults?
  }

  private let chunks: [Int]
  private let state = Mutex(State())

  init(_ chunks: [Int]) { self.chunks = chunks }

  /// Nil when none is left, or another thread has failed.
  func next() -> Int? {
    state.withLock { state in
      guard state.faults == nil, state.next < chunks.count else { return nil }
      defer { state.next += 1 }
      return chunks[state.next]
    }
  }

  func fail(_ error: any Error) {
    let faults =
      error as? Faults
      ?? Faults(
        .unreadable(reason: "\(error)"), at: SourcePosition(file: "the sweep"))
    state.withLock { if $0.faults == nil { $0.faults = faults } }
  }

  func result() throws(Faults) {
    if let faults = state.withLock({ $0.faults }) { throw faults }
  }
}
