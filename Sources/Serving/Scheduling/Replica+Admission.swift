/// Who enters a batch, and who leaves it when pages run out.
extension Replica {
  /// Preempts the requests that entered last until every sequence that decodes has its page.
  /// - Returns: whether there was room without.
  mutating func makeRoom(_ table: inout RequestTable) -> Bool {
    var hadRoom = true
    while batch > 0, ledger.growth(1) > ledger.free {
      if yieldHold() { continue }
      preempt(victim(table), &table)
      hadRoom = false
    }
    return hadRoom
  }

  /// Gives the prompt that the step before cut the tokens that are left, if pages are.
  mutating func continuePartial(_ table: inout RequestTable) {
    guard partial >= 0 else { return }
    let row = Int(partial)
    let computed = Int(table.computed[row])
    let tokens = min(table.target(row) - computed, limits.tokens - batch)
    guard tokens > 0 else { return }
    let pages = ledger.pages(computed + tokens) - ledger.pages(computed)
    while pages + ledger.growth(batch > 0 ? 1 : 0) > ledger.free, yieldHold() {}
    guard pages + ledger.growth(batch > 0 ? 1 : 0) <= ledger.free else {
      preempt(partial, &table)
      return
    }
    ledger.take(pages)
    chunks.append(PromptChunk(tokens: tokens, cached: computed))
    chunkOwners.append(partial)
  }

  /// Lets requests in, in their order, while the step has tokens, sequences and pages for the first
  /// piece of their prompts.
  /// - Returns: what the next one waits for.
  mutating func admit(_ table: inout RequestTable) -> ReplicaTally.Wait {
    guard partial < 0 || !chunks.isEmpty else { return waiting.isEmpty ? .none : .pages }
    var taken = chunks.reduce(0) { $0 + $1.tokens }
    while let next = waiting.first {
      guard running.count + returning < limits.sequences else { return .sequences }
      let left = limits.tokens - batch - taken
      guard left > 0 else { return .tokens }
      let row = Int(next.request)
      if table.isLanded(row) {
        if takeIn(next.request, &table) { continue }
        return .pages
      }
      if hasTiers, swap.pages[row] > 0 {
        if callBack(row, &table) || yieldHold() { continue }
        return .pages
      }
      let kept = keptTokens(row, table)
      let seen = lookUp(row)
      let needed = pages(row, after: seen.tokens + kept, kept: kept, atMost: left, table)
      guard seen.pages + needed <= room else {
        if yieldHold(but: next.request) { continue }
        return .pages
      }
      let found = kept + pinPrefix(row)
      if fetches(next.request, &table) { continue }
      let tokens = min(table.target(row) - found, left)
      let pages = pages(row, after: found, kept: kept, atMost: left, table)
      guard pages <= room else {
        releasePages(row: row, tokens: found - kept)
        return .pages
      }
      waiting.removeFirst()
      running.append(next.request)
      freed?.reclaim(next.request, pages: kept / ledger.page)
      ledger.take(pages)
      if hasTiers { holding.remove(next.request) }
      if table.starts[row] < 0 {
        table.starts[row] = now
        table.found[row] = Int32(found)
        noteFound(row, table)
      }
      table.computed[row] = Int32(found)
      chunks.append(PromptChunk(tokens: tokens, cached: found))
      chunkOwners.append(next.request)
      taken += tokens
      if found + tokens < table.target(row) { partial = next.request }
    }
    return .none
  }

  /// Pages that sequences which decode leave others in the next step.
  var room: Int { ledger.free - ledger.growth(batch > 0 ? 1 : 0) }

  /// Pages of the first piece of a prompt after what was found of it.
  /// - Parameter kept: leading tokens of these whose pages nobody holds.
  private func pages(
    _ row: Int, after found: Int, kept: Int, atMost left: Int, _ table: RequestTable
  ) -> Int {
    ledger.pages(found + min(table.target(row) - found, left)) - ledger.pages(found - kept)
  }

  /// Who loses its pages first: who entered last, under the order `priority` who comes last in it.
  private func victim(_ table: RequestTable) -> Int32 {
    var victim = running.last
    guard limits.order == .priority, !table.ranks.isEmpty else { return victim }
    var other = running.before(victim)
    while other >= 0 {
      if table.ranks[Int(other)] > table.ranks[Int(victim)] { victim = other }
      other = running.before(other)
    }
    return victim
  }

  /// Takes the pages of a running request, which waits again for its whole KV.
  mutating func preempt(_ request: Int32, _ table: inout RequestTable) {
    let row = Int(request)
    if table.lastStep[row] >= 0 {
      table.generated[row] = table.outputs[row] - Int32(table.lastStep[row] - ledger.steps)
      let tokens = table.target(row) - 1
      stopDecoding(request, tokens: tokens, &table)
      sendOut(row, pages: ledger.pages(tokens))
      releasePages(row: row, tokens: tokens, keeping: swap.pages.isEmpty || swap.pages[row] == 0)
      // One that came back and was preempted before it yielded a token stopped before.
      if table.stopped[row] < 0 { table.stopped[row] = now }
    } else {
      releasePages(row: row, tokens: Int(table.computed[row]), keeping: true)
      if partial == request { partial = -1 }
    }
    table.computed[row] = 0
    table.preemptions[row] += 1
    running.remove(request)
    enqueue(request, table)
    notePoint()
  }
}

/// Prompts that requests share.
extension Replica {
  /// What exists of a request's prompt, in tokens, and the pages that holding it takes.
  private mutating func lookUp(_ row: Int) -> (tokens: Int, pages: Int) {
    guard prefixes != nil else { return (0, 0) }
    prefixes?.fit(ledger)
    copyMoved()
    return prefixes?.look(row) ?? (0, 0)
  }

  /// Holds what exists of a request's prompt.
  /// - Returns: its tokens.
  private mutating func pinPrefix(_ row: Int) -> Int {
    guard prefixes != nil else { return 0 }
    let found = prefixes?.pin(row) ?? 0
    ledger.pinned = prefixes?.pinnedPages ?? 0
    copyMoved()
    return found
  }

  /// Counts what a request that starts has found, by tier.
  private mutating func noteFound(_ row: Int, _ table: RequestTable) {
    guard let prefixes else { return }
    tally.noteFound(prefixes.foundTokens(row), of: Int64(table.prompts[row]))
  }

  /// The first tokens of a request are computed: others may find them from now on.
  mutating func sharePrefix(_ row: Int, tokens: Int) {
    guard prefixes != nil else { return }
    ledger.release(prefixes?.insert(row, tokens: tokens, ledger) ?? 0)
    ledger.pinned = prefixes?.pinnedPages ?? 0
    copyMoved()
  }

  /// Tokens of a request that lost its pages whose KV is still in them; one at least is left to compute.
  private mutating func keptTokens(_ row: Int, _ table: RequestTable) -> Int {
    guard freed != nil, table.preemptions[row] > 0 else { return 0 }
    freed?.shrink(to: ledger.free)
    let pages = min(freed?.kept(Int32(row)) ?? 0, (table.target(row) - 1) / ledger.page)
    return pages * ledger.page
  }

  /// Gives back the pages of a request's tokens, its own and those that it holds with others.
  /// - Parameter keeping: whether it will ask for what they hold.
  mutating func releasePages(row: Int, tokens: Int, keeping: Bool = false) {
    guard prefixes != nil else {
      freed?.shrink(to: ledger.free)
      let pages = ledger.pages(tokens)
      ledger.release(pages)
      freed?.append(Int32(row), pages: pages, whole: keeping ? tokens / ledger.page : 0)
      return
    }
    prefixes?.fit(ledger)
    ledger.release(ledger.pages(tokens) - (prefixes?.heldPages(row) ?? 0))
    prefixes?.release(row)
    ledger.pinned = prefixes?.pinnedPages ?? 0
    copyMoved()
  }
}
