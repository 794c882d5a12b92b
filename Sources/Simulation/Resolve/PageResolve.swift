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
  init(
    _ trace: PageTrace, policy: CachePolicy, picks: PagePicks, capacity: Int64, steps: Range<Int>
  ) {
    self.init(
      trace, policy: policy, picks: picks, capacity: capacity, steps: steps, distances: nil)
  }

  /// - Parameter distances: takes every touch too.
  init(
    _ trace: PageTrace, policy: CachePolicy, picks: PagePicks, capacity: Int64, steps: Range<Int>,
    distances: TouchDistances?
  ) {
    var walk = PageWalk(
      trace, policy: policy, picks: picks, capacity: capacity, lastStep: steps.upperBound - 1)
    walk.distances = distances
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

/// The state of one walk over a page trace.
private struct PageWalk {
  let trace: PageTrace
  let picks: PagePicks
  let prefetch: Prefetch?
  var caches: CacheArray?
  var distances: TouchDistances?
  var statistics = CacheStatistics()
  var mass = 0.0
  var rows = 0
  /// The pages at hand, in one list.
  private let row: EntryLists
  /// For each (layer, head), the pages that were guessed for it, and those of them that had to be
  /// fetched. Without places if there is no prefetch.
  private let guessed: EntryLists
  private let fetchedAhead: EntryLists
  private let marks: EntryMarks

  struct Seen {
    var selected = 0
    var missed = 0
    var prefetched = 0
  }

  init(
    _ trace: PageTrace, policy: CachePolicy, picks: PagePicks, capacity: Int64, lastStep: Int
  ) {
    self.trace = trace
    self.picks = PagePicks(most: min(picks.most, trace.picks), mass: picks.mass)
    prefetch = policy.prefetch
    row = EntryLists(places: 1, capacity: trace.picks)
    let places = policy.prefetch == nil ? 0 : trace.layers * trace.kvHeads
    guessed = EntryLists(places: places, capacity: trace.picks)
    fetchedAhead = EntryLists(places: places, capacity: trace.picks)
    marks = EntryMarks(
      universe: policy.prefetch == nil ? 0 : trace.pageCount(step: lastStep))
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
          let ids = read(step, layer, head)
          caches?.foresee(layer: layer, head: head, ids: ids)
        }
      }
    }
    caches?.lookAhead()
  }

  mutating func play(step: Int, layer: Int, counted: Bool) -> Seen {
    var seen = Seen()
    for head in 0..<trace.kvHeads {
      let ids = read(step, layer, head)
      seen.selected += ids.count
      distances?.touch(layer: layer, head: head, ids: ids)
      seen.missed +=
        caches?.touch(layer: layer, head: head, ids: ids) ?? notFetched(ids, layer, head)
      if prefetch != nil { seen.prefetched += fetchedAhead[layer * trace.kvHeads + head].count }
      if counted { weigh(step, layer, head) }
      if counted && prefetch != nil { judge(ids, layer, head) }
    }
    caches?.endLayer(layer)
    distances?.endLayer(layer)
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
  private func notFetched(_ ids: UnsafeBufferPointer<Int32>, _ layer: Int, _ head: Int) -> Int {
    guard prefetch != nil else { return ids.count }
    marks.clear()
    for id in fetchedAhead[layer * trace.kvHeads + head] { _ = marks.insert(Int(id)) }
    return ids.count { !marks.contains(Int($0)) }
  }

  /// The pages that a row's head reads, of them at most `limit`; they stay until the next row is read.
  private func read(_ step: Int, _ layer: Int, _ head: Int, limit: Int = .max)
    -> UnsafeBufferPointer<Int32>
  {
    let pages = trace.pages(step: step, layer: layer, head: head)
    let count = picks.count(trace, step: step, layer: layer, head: head)
    row.clear(0)
    for slot in 0..<min(limit, count) {
      let id = pages[slot]
      if id != EntryRow.absent { row.append(Int32(truncatingIfNeeded: id), to: 0) }
    }
    return row[0]
  }

  private mutating func weigh(_ step: Int, _ layer: Int, _ head: Int) {
    let masses = trace.mass(step: step, layer: layer, head: head)
    guard !masses.isEmpty else { return }
    rows += 1
    let count = picks.count(trace, step: step, layer: layer, head: head)
    for slot in 0..<count { mass += Double(masses[slot]) }
  }

  private mutating func judge(_ ids: UnsafeBufferPointer<Int32>, _ layer: Int, _ head: Int) {
    let place = layer * trace.kvHeads + head
    marks.clear()
    for id in ids { _ = marks.insert(Int(id)) }
    statistics.guessed += guessed[place].count
    for id in guessed[place] where marks.contains(Int(id)) { statistics.guessedUsed += 1 }
    for id in fetchedAhead[place] where marks.contains(Int(id)) { statistics.prefetchedUsed += 1 }
  }

  /// Pages are guessed to be those that the issuing layer has just read (`previousLayer`), or those
  /// that the layer itself read in the step before.
  private mutating func guessNext(step: Int, after layer: Int) {
    guard let prefetch else { return }
    let target = layer + prefetch.layers
    guard target < trace.layers else { return }
    let limit = prefetch.entries > 0 ? prefetch.entries : .max
    for head in 0..<trace.kvHeads {
      let place = target * trace.kvHeads + head
      guessed.clear(place)
      fetchedAhead.clear(place)
      if prefetch.by == .previousLayer {
        guessed.set(place, to: read(step, layer, head, limit: limit))
      } else if step > 0 {
        guessed.set(place, to: read(step - 1, target, head, limit: limit))
      }
      for id in guessed[place]
      where caches?.prefetch(layer: target, head: head, id: Int(id)) ?? true {
        fetchedAhead.append(id, to: place)
      }
    }
  }
}
