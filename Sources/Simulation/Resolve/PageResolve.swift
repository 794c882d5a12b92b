import Policies
import Programs
import Traces

/// Walks a page trace through the KV caches and fills the columns of the attention's blocks.
public struct PageResolve {
  /// Pages read by a step at a layer, over all KV heads.
  public var selected: CountColumn
  public var missed: CountColumn
  /// Pages fetched on a guess, by the layer they are for.
  public var prefetched: CountColumn
  public var statistics = CacheStatistics()
  /// Share of attention mass on the selected pages; nil without masses in the trace.
  public var coverage: Double?

  /// - Parameters:
  ///   - picks: pages kept a KV head, best first; at most those recorded.
  ///   - capacity: pages that one cache holds.
  ///   - steps: steps to count; those before only warm the caches.
  public init(
    _ trace: PageTrace, policy: CachePolicy, picks: Int, capacity: Int64, steps: Range<Int>
  ) {
    var walk = PageWalk(
      trace, policy: policy, picks: picks, capacity: capacity, lastStep: steps.upperBound - 1)
    walk.foresee(upTo: steps.upperBound)
    let count = steps.count * trace.layers
    var columns = (0..<3).map { _ in [Int32](repeating: 0, count: count) }
    for step in 0..<steps.upperBound {
      for layer in 0..<trace.layers {
        let seen = walk.play(step: step, layer: layer, counted: steps.contains(step))
        guard step >= steps.lowerBound else { continue }
        let at = (step - steps.lowerBound) * trace.layers + layer
        columns[0][at] = Int32(seen.selected)
        columns[1][at] = Int32(seen.missed)
        columns[2][at] = Int32(seen.prefetched)
      }
    }
    func column(_ name: String, _ index: Int) -> CountColumn {
      CountColumn(name: name, layers: trace.layers, counts: columns[index])
    }
    selected = column("pages.selected", 0)
    missed = column("pages.missed", 1)
    prefetched = column("pages.prefetched", 2)
    statistics = walk.statistics
    coverage = walk.rows > 0 ? walk.mass / Double(walk.rows) : nil
  }
}

private struct PageWalk {
  let trace: PageTrace
  let picks: Int
  let prefetch: Prefetch?
  var caches: CacheArray?
  var statistics = CacheStatistics()
  var mass = 0.0
  var rows = 0
  /// For the layer that a guess was made for: the guessed pages of each head, and those of them
  /// that had to be fetched. Empty without prefetch.
  private var guessed: [[[Int]]]
  private var fetchedAhead: [[[Int]]]

  struct Seen {
    var selected = 0
    var missed = 0
    var prefetched = 0
  }

  init(_ trace: PageTrace, policy: CachePolicy, picks: Int, capacity: Int64, lastStep: Int) {
    self.trace = trace
    self.picks = min(picks, trace.picks)
    prefetch = policy.prefetch
    guessed = Array(
      repeating: Array(repeating: [], count: trace.kvHeads),
      count: policy.prefetch == nil ? 0 : trace.layers)
    fetchedAhead = guessed
    if let residency = policy.resident {
      caches = CacheArray(
        residency, layers: trace.layers, heads: trace.kvHeads,
        universe: trace.pageCount(step: lastStep),
        weights: Array(repeating: 1, count: trace.layers),
        capacity: capacity)
    }
  }

  mutating func foresee(upTo end: Int) {
    guard caches?.needsForesight == true else { return }
    for step in 0..<end {
      for layer in 0..<trace.layers {
        for head in 0..<trace.kvHeads {
          let row = trace.pages(step: step, layer: layer, head: head)
          for slot in 0..<picks where row[slot] != EntryRow.absent {
            caches?.foresee(layer: layer, head: head, id: row[slot])
          }
        }
      }
    }
    caches?.lookAhead()
  }

  mutating func play(step: Int, layer: Int, counted: Bool) -> Seen {
    var seen = Seen()
    if prefetch != nil { seen.prefetched = fetchedAhead[layer].reduce(0) { $0 + $1.count } }
    for head in 0..<trace.kvHeads {
      let row = trace.pages(step: step, layer: layer, head: head)
      for slot in 0..<picks where row[slot] != EntryRow.absent {
        seen.selected += 1
        if !isThere(layer, head, row[slot]) { seen.missed += 1 }
      }
      if counted { weigh(step, layer, head) }
      if counted && prefetch != nil { judge(row, layer, head) }
    }
    caches?.endLayer(layer)
    statistics.touchesFromStart += seen.selected
    statistics.missesFromStart += seen.missed
    if counted {
      statistics.touches += seen.selected
      statistics.misses += seen.missed
      statistics.prefetched += seen.prefetched
    }
    guessNext(step: step, after: layer)
    return seen
  }

  /// Without a cache, what was fetched ahead is there for the step that it was fetched for.
  private mutating func isThere(_ layer: Int, _ head: Int, _ id: Int) -> Bool {
    if let isHit = caches?.touch(layer: layer, head: head, id: id) { return isHit }
    return prefetch != nil && fetchedAhead[layer][head].contains(id)
  }

  private mutating func weigh(_ step: Int, _ layer: Int, _ head: Int) {
    let masses = trace.mass(step: step, layer: layer, head: head)
    guard !masses.isEmpty else { return }
    rows += 1
    for slot in 0..<picks { mass += Double(masses[slot]) }
  }

  private mutating func judge(_ row: EntryRow, _ layer: Int, _ head: Int) {
    let kept = Set(row.prefix(picks))
    statistics.guessed += guessed[layer][head].count
    statistics.guessedUsed += guessed[layer][head].count { kept.contains($0) }
    statistics.prefetchedUsed += fetchedAhead[layer][head].count { kept.contains($0) }
  }

  /// Pages are guessed to be those that the issuing layer has just read (`previousLayer`), or those
  /// that the layer itself read in the step before.
  private mutating func guessNext(step: Int, after layer: Int) {
    guard let prefetch else { return }
    let target = layer + prefetch.layers
    guard target < trace.layers else { return }
    for head in 0..<trace.kvHeads {
      let from: EntryRow? =
        prefetch.by == .previousLayer
        ? trace.pages(step: step, layer: layer, head: head)
        : step > 0 ? trace.pages(step: step - 1, layer: target, head: head) : nil
      let limit = prefetch.entries > 0 ? prefetch.entries : picks
      let guess = from.map { $0.prefix(min(limit, picks)).filter { $0 != EntryRow.absent } } ?? []
      guessed[target][head] = guess
      fetchedAhead[target][head] = guess.filter {
        caches?.prefetch(layer: target, head: head, id: $0) ?? true
      }
    }
  }
}
