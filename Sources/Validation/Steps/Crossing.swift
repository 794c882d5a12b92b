import Models

/// The context at which reading chosen pages starts to beat reading all, on a grid of contexts.
public struct Crossing: Sendable, Hashable {
  public var model: String
  public var batch: Int
  /// Share of the context that is kept.
  public var keep: Double
  /// Who predicts.
  public var engine: String
  /// Contexts measured both ways, rising.
  public var contexts: [Int]
  /// Index of the first context at which choosing is faster; the number of contexts for none.
  public var measured: Int
  public var predicted: Int

  /// How far apart, in steps of the grid.
  public var stepsApart: Int { abs(measured - predicted) }
}

/// The steps of one table and engine by model, batch and context, to find where curves cross.
struct StepSweep {
  private struct Place: Hashable {
    var model: Model
    var batch: Int
  }

  private struct Times {
    var measured: Double
    var predicted: Double
  }

  private var places: [Place] = []
  /// By place, then by kept share, then by context.
  private var times: [[Double: [Int: Times]]] = []
  private var twins: [[Int]: Int] = [:]

  /// Takes a step in; returns a number that it shares with the dense step of its context.
  mutating func add(_ shape: DecodeStepShape, measured: Double, predicted: Double) -> Int {
    let place = Place(model: shape.model, batch: shape.batch)
    let index = places.firstIndex(of: place) ?? places.count
    if index == places.count {
      places.append(place)
      times.append([:])
    }
    let keep = shape.selects ? shape.keep : 1
    times[index][keep, default: [:]][shape.context] = Times(
      measured: measured, predicted: predicted)
    let key = [index, shape.context]
    let twin = twins[key] ?? twins.count
    twins[key] = twin
    return twin
  }

  func crossings(engine: String) -> [Crossing] {
    var found: [Crossing] = []
    for (place, byKeep) in zip(places, times) {
      guard let dense = byKeep[1] else { continue }
      for (keep, chosen) in byKeep.sorted(by: { $0.key < $1.key }) where keep < 1 {
        let contexts = chosen.keys.filter { dense[$0] != nil }.sorted()
        guard !contexts.isEmpty else { continue }
        func first(_ time: (Times) -> Double) -> Int {
          contexts.firstIndex { context in
            guard let a = chosen[context], let b = dense[context] else { return false }
            return time(a) < time(b)
          } ?? contexts.count
        }
        found.append(
          Crossing(
            model: place.model.name, batch: place.batch, keep: keep, engine: engine,
            contexts: contexts, measured: first(\.measured), predicted: first(\.predicted)))
      }
    }
    return found
  }
}
