import Policies

/// Guesses which entries a layer will use, from what has been seen so far in the trace.
///
/// - `previousStep`: what the layer used last time.
/// - `popularity`: what it used most often.
/// - `previousLayer`: what most often went together with the entries that the earlier layer has
///   just used, counted over all steps so far.
struct Guesser {
  private let predictor: Prefetch.Predictor
  private let universe: Int
  private let entries: Int
  private let lastUsed: EntryLists
  private var frequency: [[Int32]]
  /// For each layer, `pairs[earlier × universe + later]`.
  private var pairs: [[Int32]]
  private var score: [Int64]
  private var chosen: [Int32] = []

  init(_ prefetch: Prefetch, layers: Int, universe: Int, perStep: Int) {
    predictor = prefetch.by
    self.universe = universe
    entries = prefetch.entries > 0 ? prefetch.entries : perStep
    lastUsed = EntryLists(places: layers, capacity: universe)
    frequency = Array(
      repeating: Array(repeating: 0, count: predictor == .popularity ? universe : 0), count: layers)
    pairs = Array(
      repeating: Array(
        repeating: 0, count: predictor == .previousLayer ? universe * universe : 0), count: layers)
    score = Array(repeating: 0, count: universe)
  }

  /// Puts the guess for `layer` into its list, which is empty; `earlier` is what the layer that
  /// issues the fetch has just used.
  mutating func guess(
    layer: Int, earlier: UnsafeBufferPointer<Int32>, into lists: EntryLists
  ) {
    switch predictor {
    case .previousStep:
      for entry in lastUsed[layer].prefix(entries) { lists.append(entry, to: layer) }
      return
    case .popularity:
      for e in 0..<universe { score[e] = Int64(frequency[layer][e]) }
    case .previousLayer:
      for e in 0..<universe { score[e] = 0 }
      for before in earlier {
        let row = Int(before) * universe
        for e in 0..<universe { score[e] += Int64(pairs[layer][row + e]) }
      }
    }
    takeBest()
    for entry in chosen { lists.append(entry, to: layer) }
  }

  /// Learns what `layer` used, and what the layer that guesses for it had used.
  mutating func learn(
    layer: Int, used: UnsafeBufferPointer<Int32>, earlier: UnsafeBufferPointer<Int32>?
  ) {
    lastUsed.set(layer, to: used)
    switch predictor {
    case .previousStep: break
    case .popularity: for e in used { frequency[layer][Int(e)] += 1 }
    case .previousLayer:
      guard let earlier else { return }
      for before in earlier {
        for e in used { pairs[layer][Int(before) * universe + Int(e)] += 1 }
      }
    }
  }

  /// Chooses the entries with the highest positive scores; among equals the lower id.
  private mutating func takeBest() {
    chosen.removeAll(keepingCapacity: true)
    for e in 0..<universe where score[e] > 0 {
      var at = chosen.count
      while at > 0 && score[Int(chosen[at - 1])] < score[e] { at -= 1 }
      guard at < entries else { continue }
      chosen.insert(Int32(e), at: at)
      if chosen.count > entries { chosen.removeLast() }
    }
  }
}
