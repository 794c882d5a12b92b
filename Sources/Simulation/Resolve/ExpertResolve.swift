import Policies
import Programs
import Traces

/// Walks a routing trace through the expert caches and fills the columns of the experts' blocks.
public struct ExpertResolve {
  /// Experts run by a step at a layer, each once however many tokens chose it.
  public var active: CountColumn
  /// Experts fetched because the router had chosen them.
  public var missed: CountColumn
  /// Experts fetched on a guess, by the layer they are for.
  public var prefetched: CountColumn
  /// (token, expert) pairs computed.
  public var assignments: CountColumn
  public var statistics = CacheStatistics()
  /// Share of the routed weight that the kept experts carry; nil without weights in the trace.
  public var coverage: Double?

  /// - Parameters:
  ///   - expertBytes: bytes of one expert, by layer of the trace.
  ///   - steps: steps of the trace to count; those before only warm the caches.
  ///   - topK: experts kept of those recorded, best first.
  public init(
    _ trace: ExpertTrace, policy: ExpertsPolicy, expertBytes: [Double], steps: Range<Int>,
    topK: Int
  ) {
    self.init(
      trace, policy: policy, expertBytes: expertBytes, steps: steps, topK: topK, distances: nil)
  }

  /// - Parameter distances: takes every touch too.
  init(
    _ trace: ExpertTrace, policy: ExpertsPolicy, expertBytes: [Double], steps: Range<Int>,
    topK: Int, distances: TouchDistances?
  ) {
    var walk = ExpertWalk(trace, policy: policy, expertBytes: expertBytes, topK: topK)
    walk.distances = distances
    walk.foresee(upTo: steps.upperBound)
    let count = steps.count * trace.layers
    var columns = (0..<4).map { _ in [Int32](repeating: 0, count: count) }
    for step in 0..<steps.upperBound {
      for layer in 0..<trace.layers {
        let seen = walk.play(step: step, layer: layer, counted: steps.contains(step))
        guard step >= steps.lowerBound else { continue }
        let at = (step - steps.lowerBound) * trace.layers + layer
        columns[0][at] = Int32(seen.active)
        columns[1][at] = Int32(seen.missed)
        columns[2][at] = Int32(seen.prefetched)
        columns[3][at] = Int32(seen.assignments)
      }
    }
    func column(_ name: String, _ index: Int) -> CountColumn {
      CountColumn(name: name, layers: trace.layers, counts: columns[index])
    }
    active = column("experts.active", 0)
    missed = column("experts.missed", 1)
    prefetched = column("experts.prefetched", 2)
    assignments = column("experts.assignments", 3)
    statistics = walk.statistics
    coverage = walk.allWeight > 0 ? walk.keptWeight / walk.allWeight : nil
  }
}

/// The state of one walk over a routing trace.
private struct ExpertWalk {
  let trace: ExpertTrace
  let topK: Int
  let prefetch: Prefetch?
  var caches: CacheArray?
  var distances: TouchDistances?
  var guesser: Guesser?
  var statistics = CacheStatistics()
  var keptWeight = 0.0
  var allWeight = 0.0
  /// What each layer used in the step at hand, and what was guessed for it.
  private let used: EntryLists
  private let guessed: EntryLists
  private let fetchedAhead: EntryLists
  private let marks: EntryMarks

  struct Seen {
    var active = 0
    var missed = 0
    var prefetched = 0
    var assignments = 0
  }

  init(_ trace: ExpertTrace, policy: ExpertsPolicy, expertBytes: [Double], topK: Int) {
    self.trace = trace
    self.topK = min(topK, trace.topK)
    prefetch = policy.prefetch
    used = EntryLists(places: trace.layers, capacity: trace.expertCount)
    guessed = EntryLists(places: trace.layers, capacity: trace.expertCount)
    fetchedAhead = EntryLists(places: trace.layers, capacity: trace.expertCount)
    marks = EntryMarks(universe: trace.expertCount)
    if let residency = policy.resident {
      let plan = ExpertCapacity(residency, layers: trace.layers, expertBytes: expertBytes)
      caches = CacheArray(
        residency, layers: trace.layers, heads: 1, universe: trace.expertCount,
        weights: plan.weights, capacity: plan.capacity)
    }
    guesser = prefetch.map {
      Guesser($0, layers: trace.layers, universe: trace.expertCount, perStep: self.topK)
    }
  }

  mutating func foresee(upTo end: Int) {
    guard caches?.needsForesight == true else { return }
    for step in 0..<end {
      for layer in 0..<trace.layers {
        _ = choose(step: step, layer: layer)
        caches?.foresee(layer: layer, head: 0, ids: used[layer])
      }
    }
    caches?.lookAhead()
  }

  mutating func play(step: Int, layer: Int, counted: Bool) -> Seen {
    let assignments = choose(step: step, layer: layer)
    if counted && trace.hasWeights { weigh(step: step, layer: layer) }
    let experts = used[layer]
    let missed = caches?.touch(layer: layer, head: 0, ids: experts) ?? notFetched(layer)
    caches?.endLayer(layer)
    distances?.touch(layer: layer, head: 0, ids: experts)
    distances?.endLayer(layer)
    let seen = Seen(
      active: experts.count, missed: missed, prefetched: fetchedAhead[layer].count,
      assignments: assignments)
    count(seen, layer, counted)
    guessNext(after: layer)
    return seen
  }

  /// Without a cache, what was fetched ahead is there for the step that it was fetched for.
  private func notFetched(_ layer: Int) -> Int {
    let ahead = fetchedAhead[layer]
    return used[layer].count { !ahead.contains($0) }
  }

  /// Puts the distinct experts of the step's tokens, in the order of first choice, into `used` and
  /// returns the (token, expert) pairs.
  private func choose(step: Int, layer: Int) -> Int {
    marks.clear()
    used.clear(layer)
    var assignments = 0
    for token in trace.tokens(step: step) {
      let row = trace.experts(token: token, layer: layer)
      for slot in 0..<topK {
        let expert = row[slot]
        guard expert != EntryRow.absent else { continue }
        assignments += 1
        if marks.insert(expert) { used.append(Int32(truncatingIfNeeded: expert), to: layer) }
      }
    }
    return assignments
  }

  private mutating func weigh(step: Int, layer: Int) {
    for token in trace.tokens(step: step) {
      let row = trace.experts(token: token, layer: layer)
      let weights = trace.weights(token: token, layer: layer)
      for slot in 0..<row.count where row[slot] != EntryRow.absent {
        let weight = Double(weights[slot])
        allWeight += weight
        if slot < topK { keptWeight += weight }
      }
    }
  }

  private mutating func count(_ seen: Seen, _ layer: Int, _ counted: Bool) {
    statistics.touchesFromStart += seen.active
    statistics.missesFromStart += seen.missed
    guard counted else { return }
    statistics.touches += seen.active
    statistics.misses += seen.missed
    // A peak only rises, so that a step's last layer has seen the step's highest.
    if layer == trace.layers - 1 { statistics.peakBytes = Double(caches?.peak ?? 0) }
    guard prefetch != nil else { return }
    statistics.prefetched += seen.prefetched
    statistics.guessed += guessed[layer].count
    for expert in fetchedAhead[layer] where marks.contains(Int(expert)) {
      statistics.prefetchedUsed += 1
    }
    for expert in guessed[layer] where marks.contains(Int(expert)) { statistics.guessedUsed += 1 }
  }

  /// A layer that has routed issues the fetches for the layer `prefetch.layers` above it; the
  /// lowest layers are guessed for by the top of the step before.
  private mutating func guessNext(after layer: Int) {
    guard let prefetch, guesser != nil else { return }
    let target = (layer + prefetch.layers) % trace.layers
    if layer >= prefetch.layers || prefetch.by != .previousLayer {
      guesser?.learn(
        layer: layer, used: used[layer],
        earlier: layer >= prefetch.layers ? used[layer - prefetch.layers] : nil)
    }
    guessed.clear(target)
    fetchedAhead.clear(target)
    if target < layer && prefetch.by == .previousLayer { return }
    guesser?.guess(layer: target, earlier: used[layer], into: guessed)
    for expert in guessed[target]
    where caches?.prefetch(layer: target, head: 0, id: Int(expert)) ?? true {
      fetchedAhead.append(expert, to: target)
    }
  }
}

/// The room of one expert cache and what an expert of each layer takes of it.
struct ExpertCapacity {
  var weights: [Int64]
  var capacity: Int64

  init(_ residency: Residency, layers: Int, expertBytes: [Double]) {
    switch residency.budget {
    case .entries(let count):
      weights = Array(repeating: 1, count: layers)
      capacity = Int64(count)
    case .bytes(let bytes):
      weights = expertBytes.map { Int64($0.rounded(.up)) }
      let share = residency.scope == .global ? 1.0 : Double(layers)
      capacity = Int64(bytes.value / share)
    }
  }
}
