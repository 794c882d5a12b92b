/// What one stream of touches looks like: a layer's experts or neurons, a head's pages, or the mean
/// of several such streams.
public struct StreamStatistics: Sendable {
  /// The model's layer number; -1 for a mean over layers.
  public let layerNumber: Int
  /// Streams with a cache each that these figures are of.
  public let streams: Int
  public let steps: Int
  /// Entries that could have been touched.
  public let universe: Int
  /// Mean touches a step and stream.
  public let touchesPerStep: Double
  /// New entries a step by window: element k counts the entries of a step that none of the k steps
  /// before it touched, on average over the steps that have k predecessors in the trace's longest
  /// window. Element 0 is the mean of distinct entries.
  public let newEntries: [Double]
  public let popularity: Popularity
  public let missRatio: MissRatioCurve

  /// Share of the universe that a step touches.
  public var density: Double { universe == 0 ? 0 : touchesPerStep / Double(universe) }

  /// Share of a step's entries that are new to a window of k steps; nil beyond the longest window.
  public func newShare(window: Int) -> Double? {
    guard newEntries.indices.contains(window), newEntries[0] > 0 else { return nil }
    return newEntries[window] / newEntries[0]
  }

  /// Mean distinct entries of `window` steps in a row: the sum of new entries over shorter windows
  /// (Denning and Schwartz, "Properties of the working-set model", CACM 15(3), 1972), exact but for
  /// the edges of the trace. Nil beyond the longest window.
  public func workingSet(window: Int) -> Double? {
    guard window >= 0, window <= newEntries.count else { return nil }
    return newEntries.prefix(window).reduce(0, +)
  }

  /// The mean of streams, each with its own cache; popularity is by rank over all of them.
  public static func mean(_ all: [StreamStatistics], layerNumber: Int = -1) -> StreamStatistics? {
    guard let first = all.first else { return nil }
    let share = 1 / Double(all.count)
    let windows = all.map(\.newEntries.count).min() ?? 0
    return StreamStatistics(
      layerNumber: layerNumber, streams: all.reduce(0) { $0 + $1.streams }, steps: first.steps,
      universe: first.universe,
      touchesPerStep: all.reduce(0) { $0 + $1.touchesPerStep } * share,
      newEntries: (0..<windows).map { window in
        all.reduce(0) { $0 + $1.newEntries[window] } * share
      },
      popularity: Popularity(
        counts: (0..<first.universe).map { rank in
          all.reduce(0) {
            $0 + ($1.popularity.counts.indices.contains(rank) ? $1.popularity.counts[rank] : 0)
          }
        }),
      missRatio: .sum(all.map(\.missRatio)))
  }
}
