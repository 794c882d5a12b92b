/// KV between the near tier and slower ones.
///
/// Pages that go out are free at once: what fills them again, steps or copies that come in, is no
/// faster than the copy that empties them, and where that lags nothing more goes out.
extension Replica {
  var hasTiers: Bool { !tiers.hops.isEmpty }

  /// Lets copies arrive that have by now. Requests for whose prompts all blocks are there wait to
  /// enter, those whose own KV is back decode.
  mutating func receive(_ table: inout RequestTable) {
    guard hasTiers else { return }
    noteTime()
    guard !ready.isEmpty else { return }
    for request in ready {
      fetching -= 1
      if swap.pages[Int(request)] > 0 {
        returning -= 1
        swap.release(Int(request))
        fitSlower()
        running.append(request)
        resumed.append(request)
        joinDecoding(request, &table)
      } else {
        holding.append(request)
        enqueue(request, table)
      }
    }
    ready.removeAll(keepingCapacity: true)
    notePoint()
  }

  /// Lets queues of links know the present.
  mutating func noteTime() {
    guard hasTiers else { return }
    copies.advance(to: now, &ready)
    prefixes?.close(copies, at: now)
  }

  /// The earliest moment from which something else may be decided.
  func awaited(_ limit: Int64) -> Int64 {
    guard fetching > 0, let next = copies.nextArrival else { return limit }
    return min(limit, next)
  }

  /// Passes time in which nothing runs.
  mutating func pass(until moment: Int64) {
    tally.pass(moment - now, population: population, isStalled: fetching > 0)
    now = moment
  }

  /// Lets a request whose blocks are on their way wait for them.
  /// - Returns: whether it does.
  mutating func fetches(_ request: Int32, _ table: inout RequestTable) -> Bool {
    guard hasTiers else { return false }
    prefixes?.wait(Int(request), &copies)
    guard copies.isWaiting(Int(request)) else { return false }
    waiting.removeFirst()
    fetching += 1
    receive(&table)
    return true
  }

  /// A request that waits gives up what it holds: the one that came last, other than `kept`.
  /// - Returns: whether there was one.
  mutating func yieldHold(but kept: Int32 = -1) -> Bool {
    guard hasTiers, let other = holding.removeLast(but: kept) else { return false }
    releasePages(row: Int(other), tokens: prefixes?.heldTokens(Int(other)) ?? 0)
    return true
  }

  /// Sees to the pages that the next step takes of blocks that nobody holds.
  mutating func evict() {
    prefixes?.fit(ledger, taking: ledger.growth(batch > 0 ? 1 : 0))
    copyMoved()
  }

  /// Pages that steps may take before blocks must go.
  func spare(_ reason: ReplicaTally.Wait) -> Int {
    guard let prefixes, hasTiers || reason == .pages else { return ledger.free }
    return ledger.capacity - ledger.used - prefixes.pages(in: 0)
  }

  /// Asks for the copies of the blocks that moved.
  mutating func copyMoved() {
    if hasTiers { prefixes?.copyMoved(&copies, at: now) }
  }

  /// Pages that hold KV, by tier.
  func occupancy() -> SIMD4<Int64> {
    var pages = SIMD4<Int64>()
    for tier in tiers.names.indices { pages[tier] = Int64(prefixes?.pages(in: tier) ?? 0) }
    pages[0] += Int64(ledger.used)
    pages[1] += Int64(swap.used)
    return pages
  }

  /// The stream is over: counts what is still on its way.
  mutating func endCopies() {
    copies.advance(to: .max, &ready)
    tally.take(copies.totals, prefixes?.traffic ?? PrefixTraffic())
  }
}

/// Requests whose own KV goes to the first slower tier and comes back.
extension Replica {
  /// Copies the KV of a request that loses its pages, if there is room and the link does not lag.
  mutating func sendOut(_ row: Int, pages: Int) {
    guard tiers.swaps, swap.used + pages <= swap.capacity, !copies.lags(0, at: now) else { return }
    swap.take(pages, of: row, by: copies.copy(pages: pages, from: 0, to: 1, after: [], at: now))
    fitSlower()
  }

  /// Begins to bring back the KV of the request that is next, if it has pages and they leave the others
  /// a hundredth of all, as vLLM's watermark does.
  /// - Returns: whether it has.
  mutating func callBack(_ row: Int, _ table: inout RequestTable) -> Bool {
    let pages = Int(swap.pages[row])
    let kept = running.count + returning > 0 ? limits.pages / 100 : 0
    guard pages + 1 + kept <= room else { return false }
    waiting.removeFirst()
    ledger.take(pages)
    let job = copies.copy(pages: pages, from: 1, to: 0, after: [swap.jobs[row]], at: now)
    copies.wait(row, for: job)
    fetching += 1
    returning += 1
    receive(&table)
    return true
  }

  /// The gap of a sequence that decodes again goes from the token before it lost its pages to the end
  /// of its first step since.
  mutating func noteResumed(after time: Int64, _ table: inout RequestTable) {
    guard !resumed.isEmpty else { return }
    for request in resumed where table.lastStep[Int(request)] >= 0 {
      let stopped = table.stopped[Int(request)]
      guard stopped >= 0 else { continue }
      tally.noteGap(now + time - stopped, insteadOf: time)
      table.stopped[Int(request)] = -1
    }
    resumed.removeAll(keepingCapacity: true)
  }

  /// KV of requests comes before blocks of prompts.
  private mutating func fitSlower() {
    let pages = tiers.pages[0] - swap.used
    prefixes?.fit(slowerPages: pages)
    copyMoved()
  }
}
