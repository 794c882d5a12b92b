import EventKernel
import Traces
import Validation

/// What a recorded trace reads from a disk, step by step, through caches that follow the simulator's
/// own rules.
struct ReplayPlan {
  /// Pieces by number that each layer of each step reads.
  private(set) var steps: [[[Int]]] = []
  let shape: MeasuredReplay.Shape
  let pieceBytes: Int
  /// Pieces of one bundle, expert or page.
  let piecesEach: Int
  /// All pieces that the file holds.
  let pieces: Int
  let firstStep: Int

  /// Plans of a trace, and steps of a plan.
  static let each = 3
  static let count = 48
  /// Before it a window fills, and caches of pages.
  private static let warmSteps = 16
  private static let bundleBytes = 8192
  private static let matrixBytes = 192 << 10
  /// Reads in flight.
  static let depth = 32
  /// Most bytes of a file.
  private static let most = 1 << 29

  /// The plans of a trace: neurons with windows of 0, 1 and 5 tokens, experts with caches of 8, 16 and
  /// 32 a layer, pages with caches of one, two and four times what a head selects.
  ///
  /// - Precondition: there is no objection to the trace.
  static func all(_ trace: Trace) -> [ReplayPlan] {
    if let neurons = trace.neurons {
      return [0, 1, 5].map { ReplayPlan(neurons, window: $0) }
    }
    if let experts = trace.experts {
      return [8, 16, 32].map { ReplayPlan(experts, budget: $0) }
    }
    return trace.pages.map { pages in
      [1, 2, 4].map { ReplayPlan(pages, budget: $0 * pages.picks) }
    } ?? []
  }

  private init(_ trace: NeuronTrace, window: Int) {
    shape = .neurons(
      NeuronReplayShape(window: window, bundleBytes: Self.bundleBytes, threads: Self.depth))
    (pieceBytes, piecesEach, firstStep) = (Self.bundleBytes, 1, Self.warmSteps)
    pieces = trace.layers * trace.neurons
    // The window alone decides what leaves, so there is room for all.
    let caches = Self.caches(
      trace.layers, of: trace.neurons,
      CacheRules(
        replacement: .window, eviction: .endOfBatch, capacity: Int64(trace.neurons),
        window: window))
    for token in (firstStep - window)..<(firstStep + Self.count) {
      var step: [[Int]] = []
      for layer in 0..<trace.layers {
        var missed: [Int] = []
        trace.forEachActive(token: token, layer: layer) { neuron in
          if !caches[layer].touch(neuron) { missed.append(layer * trace.neurons + neuron) }
        }
        caches[layer].endBatch()
        step.append(missed)
      }
      if token >= firstStep { steps.append(step) }
    }
  }

  /// From the first step on, with empty caches.
  private init(_ trace: ExpertTrace, budget: Int) {
    shape = .storedExperts(
      StoredExpertReplayShape(
        topK: trace.topK, cachedExperts: budget, matrixBytes: Self.matrixBytes, depth: Self.depth))
    (pieceBytes, piecesEach, firstStep) = (Self.matrixBytes, 3, 0)
    pieces = 3 * trace.layers * trace.expertCount
    let caches = Self.caches(
      trace.layers, of: trace.expertCount,
      CacheRules(replacement: .lru, eviction: .endOfBatch, capacity: Int64(budget)))
    for index in 0..<Self.count {
      var step: [[Int]] = []
      for layer in 0..<trace.layers {
        var missed: [Int] = []
        for token in trace.tokens(step: index) {
          for id in trace.experts(token: token, layer: layer) where id >= 0 {
            guard !caches[layer].touch(Int(id)) else { continue }
            let place = 3 * (layer * trace.expertCount + Int(id))
            missed += [place, place + 1, place + 2]
          }
        }
        caches[layer].endBatch()
        step.append(missed)
      }
      steps.append(step)
    }
  }

  /// A cache for each KV head of each layer, which the steps before the first one fill.
  private init(_ trace: PageTrace, budget: Int) {
    let shape = StoredPageReplayShape(
      layers: trace.layers, kvHeads: trace.kvHeads, picks: trace.picks, cachedPages: budget,
      pageTokens: trace.pageTokens, pageBytes: Self.pageBytes(trace))
    self.shape = .storedPages(shape)
    (pieceBytes, piecesEach, firstStep) = (shape.pageBytes, 1, Self.warmSteps)
    let pages = trace.pageCount(step: firstStep + Self.count - 1)
    pieces = trace.layers * trace.kvHeads * pages
    let caches = Self.caches(
      trace.layers * trace.kvHeads, of: pages,
      CacheRules(replacement: .lru, eviction: .endOfBatch, capacity: Int64(budget)))
    for index in 0..<(firstStep + Self.count) {
      var step: [[Int]] = []
      for layer in 0..<trace.layers {
        var missed: [Int] = []
        for head in 0..<trace.kvHeads {
          let place = layer * trace.kvHeads + head
          let row = trace.pages(step: index, layer: layer, head: head)
          for slot in 0..<row.count where row[slot] != EntryRow.absent {
            if !caches[place].touch(Int(row[slot])) {
              missed.append(place * pages + Int(row[slot]))
            }
          }
          caches[place].endBatch()
        }
        step.append(missed)
      }
      if index >= firstStep { steps.append(step) }
    }
  }

  /// Why a trace is not run; nil where it is.
  static func objection(to trace: Trace) -> String? {
    let shape: (steps: Int, bytes: Int)
    switch (trace.pages, trace.experts, trace.neurons) {
    case (nil, nil, let neurons?):
      shape = (neurons.tokens - warmSteps, neurons.layers * neurons.neurons * bundleBytes)
    case (nil, let experts?, nil):
      guard experts.expertBytes == nil else { return "its experts differ in size" }
      shape = (experts.steps, experts.layers * experts.expertCount * 3 * matrixBytes)
    case (let pages?, nil, nil):
      guard pageBytes(pages) % 4096 == 0 else { return "its pages are no whole blocks of a disk" }
      let last = min(pages.steps, warmSteps + count) - 1
      shape = (
        pages.steps - warmSteps,
        pages.layers * pages.kvHeads * pages.pageCount(step: last) * pageBytes(pages)
      )
    default: return "it holds more than one of pages, experts and neurons"
    }
    if shape.steps < count { return "it has fewer than \(count) steps" }
    return shape.bytes > most ? "its file would take more than \(most >> 20) MiB" : nil
  }

  /// Keys and values of 64 numbers of 2 bytes.
  private static func pageBytes(_ trace: PageTrace) -> Int { trace.pageTokens * 256 }

  private static func caches(_ count: Int, of entries: Int, _ rules: CacheRules) -> [EntryCache] {
    (0..<count).map { _ in EntryCache(rules, universe: entries) }
  }
}
