import Kernels
import Testing

/// The lists of ids that kernels named, by kind; each must come at its place.
final class Touches {
  private(set) var lists: [Touched: [[Int32]]] = [:]

  var recorder: TouchRecorder {
    TouchRecorder { [self] what, place, ids in
      #expect(place == lists[what, default: []].count, "\(what)")
      lists[what, default: []].append(Array(ids))
    }
  }
}
