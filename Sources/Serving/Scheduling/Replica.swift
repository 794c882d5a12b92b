import Diagnostics
import Workloads

/// One replica of a model that serves requests by continuous batching: every step decodes a token of
/// each running sequence and gives what is left of the step's tokens to prompts.
///
/// Time is whole picoseconds and every choice is by arrival, so equal streams give equal runs.
struct Replica<Clock: StepClock> {
  var clock: Clock
  let limits: ServingLimits
  /// The end of the step that ran last, or the present while idle.
  var now: Int64 = 0
  var running: RunningList
  var waiting = KeyedHeap()
  /// The running request whose prompt is cut by the end of a step; -1 without one.
  var partial: Int32 = -1
  /// Sequences that decode, and their contexts in the next step between them.
  var batch = 0
  var context: Int64 = 0
  /// Those that decode, by the step of their last token; entries of preempted ones are stale.
  var finishing = KeyedHeap()
  var ledger: PageLedger
  /// What requests share of their prompts; nil where they share nothing.
  var prefixes: PrefixStore?
  let tiers: KVTiers
  /// Copies to and from slower tiers.
  var copies: CopyJobs
  var swap: SwapSpace
  /// Requests that wait for copies, and those of them whose own KV comes back: these have a place.
  var fetching = 0
  var returning = 0
  /// Requests that wait and hold what copies brought for them.
  var holding: HoldList
  /// Requests whose last copy has arrived and that have not been told yet.
  var ready: [Int32] = []
  /// Requests that decode again from the next step on.
  var resumed: [Int32] = []
  private var arrived: Int32 = 0
  /// Whether nothing can run before a copy or a request arrives.
  private var isStalled = false
  /// Pages that nobody holds, where those who lost them may find them again.
  var freed: FreedPages?
  /// Those that decode, the longest first; entries of others are stale. Empty where the clock does not
  /// ask.
  var lengths = KeyedHeap()
  var chunks: [PromptChunk] = []
  var chunkOwners: [Int32] = []
  /// Requests that ended since the list was emptied last.
  var ended: [Int32] = []
  var tally: ReplicaTally
  /// Whether a run ends at the first step in which a request does.
  var stopsAtEnds = false
  /// Whether another replica decodes what this one has computed the prompts of.
  var handsOver = false
  /// Requests whose prompts were computed since the list was emptied last.
  var handed: [Int32] = []

  /// - Parameter findsPrompts: whether prompts are computed here, so that they may find others' KV.
  init(
    _ clock: Clock, _ limits: ServingLimits, _ stream: RequestStream, _ tiers: KVTiers = KVTiers(),
    findsPrompts: Bool = true
  ) {
    self.clock = clock
    self.limits = limits
    running = RunningList(requests: stream.count)
    if limits.keepsPages, findsPrompts {
      prefixes = PrefixStore(stream, limits: limits, tiers: tiers)
    }
    if limits.keepsPages, prefixes == nil, limits.pages < ServingLimits.unlimited {
      freed = FreedPages(pages: limits.pages, requests: stream.count)
    }
    self.tiers = tiers
    let count = tiers.hops.isEmpty ? 0 : stream.count
    holding = HoldList(requests: count)
    copies = CopyJobs(tiers, requests: count)
    swap = SwapSpace(capacity: tiers.swaps ? tiers.pages[0] : 0, requests: count)
    ledger = PageLedger(page: limits.page, capacity: limits.pages)
    tally = ReplicaTally(amounts: clock.amountCount, tiers: tiers.names.count)
  }

  /// Requests that have arrived and not ended.
  var population: Int { waiting.count + running.count + fetching }

  /// When the next step can begin, as far as the replica knows by itself.
  var nextStep: Int64 { isStalled ? awaited(.max) : now }

  /// Takes a request that has arrived by now, or arrives while the last step ran.
  mutating func arrive(_ request: Int32, at time: Int64, _ table: inout RequestTable) {
    let row = Int(request)
    guard fits(row, table) else {
      table.isRefused[row] = true
      return
    }
    meet(time)
    if !table.ranks.isEmpty {
      table.ranks[row] += Int64(arrived)
      arrived += 1
    }
    enqueue(request, table)
  }

  /// Whether there are as many pages as a request ever takes.
  func fits(_ row: Int, _ table: RequestTable) -> Bool {
    let tokens = Int(table.prompts[row]) + (handsOver ? 0 : Int(table.outputs[row]) - 1)
    return ledger.pages(tokens) <= limits.pages
  }

  /// Passes the time to an arrival, or counts one that comes while the last step ran.
  mutating func meet(_ time: Int64) {
    if time > now {
      pass(until: time)
    } else {
      tally.addLate(now - time)
    }
    isStalled = false
  }

  mutating func enqueue(_ request: Int32, _ table: RequestTable) {
    let row = Int(request)
    let key: Int64 =
      switch limits.order {
      case .fifo: table.arrivals[row]
      case .shortestFirst:
        Int64(table.prompts[row]) + Int64(table.outputs[row]) - Int64(table.generated[row])
      case .priority: table.ranks.isEmpty ? table.arrivals[row] : table.ranks[row]
      }
    waiting.push(key, request)
  }

  /// Runs steps that begin before `limit`.
  mutating func run(until limit: Int64, _ table: inout RequestTable) throws(Faults) {
    while now < limit, batch > 0 || partial >= 0 || !waiting.isEmpty || fetching > 0 {
      try step(limit, &table)
      if !handed.isEmpty || stopsAtEnds && !ended.isEmpty { return }
    }
  }

  private mutating func step(_ limit: Int64, _ table: inout RequestTable) throws(Faults) {
    let (hadRoom, reason) = chooseStep(&table)
    isStalled = chunks.isEmpty && batch == 0 && fetching > 0
    if isStalled {
      pass(until: awaited(limit))
    } else if chunks.isEmpty {
      // After a preemption the next step may admit again.
      try decode(atMost: hadRoom ? .max : 1, limit, reason, &table)
    } else {
      endMixedStep(try mixedTime(table), reason, &table)
    }
  }

  /// The prompt has its KV and yields a token: the last, or the first of those to decode.
  mutating func beginDecoding(_ request: Int32, _ table: inout RequestTable) {
    let row = Int(request)
    if partial == request { partial = -1 }
    let tokens = table.target(row)
    sharePrefix(row, tokens: Int(table.prompts[row]))
    table.generated[row] += 1
    if table.firstTokens[row] < 0 { table.firstTokens[row] = now }
    if table.stopped[row] >= 0 {
      tally.noteGap(now - table.stopped[row])
      table.stopped[row] = -1
    }
    guard table.generated[row] < table.outputs[row] else {
      leave(request, tokens: tokens, &table)
      return
    }
    if handsOver {
      handOver(request, tokens: tokens, &table)
    } else {
      joinDecoding(request, &table)
    }
  }

  /// A sequence whose KV is there yields a token in every step from the next on.
  mutating func joinDecoding(_ request: Int32, _ table: inout RequestTable) {
    let row = Int(request)
    let tokens = table.target(row) - 1
    table.lastStep[row] = ledger.steps + Int64(table.outputs[row] - table.generated[row])
    finishing.push(table.lastStep[row], request)
    noteLength(request, table)
    batch += 1
    context += Int64(tokens) + 1
    ledger.join(tokens)
  }

  /// Ends the sequences whose last token the step before yielded.
  mutating func finish(_ table: inout RequestTable) {
    var hasEnded = false
    while let first = finishing.first, first.key <= ledger.steps {
      finishing.removeFirst()
      let row = Int(first.request)
      guard table.lastStep[row] == first.key else { continue }
      let tokens = Int(table.prompts[row]) + Int(table.outputs[row]) - 1
      table.generated[row] = table.outputs[row]
      stopDecoding(first.request, tokens: tokens, &table)
      leave(first.request, tokens: tokens, &table)
      hasEnded = true
    }
    if hasEnded { notePoint() }
  }

  mutating func stopDecoding(_ request: Int32, tokens: Int, _ table: inout RequestTable) {
    table.lastStep[Int(request)] = -1
    batch -= 1
    context -= Int64(tokens) + 1
    ledger.leave(tokens)
  }

  private mutating func leave(_ request: Int32, tokens: Int, _ table: inout RequestTable) {
    // The last token was never an input: its KV does not exist.
    if prefixes?.keepsOutputs ?? false { sharePrefix(Int(request), tokens: tokens) }
    releasePages(row: Int(request), tokens: tokens)
    running.remove(request)
    table.ends[Int(request)] = now
    ended.append(request)
  }

  mutating func dropStale(_ table: RequestTable) {
    while let first = finishing.first, table.lastStep[Int(first.request)] != first.key {
      finishing.removeFirst()
    }
  }

  mutating func notePoint() {
    tally.notePoint(
      at: now, batch: running.count, waiting: waiting.count,
      pages: ledger.used + ledger.pinned, tiers: hasTiers ? occupancy() : SIMD4())
  }
}
