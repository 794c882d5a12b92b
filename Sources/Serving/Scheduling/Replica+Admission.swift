/// Who enters a batch, and who leaves it when pages run out.
extension Replica {
  /// Preempts the requests that entered last until every sequence that decodes has its page.
  /// - Returns: whether there was room without.
  mutating func makeRoom(_ table: inout RequestTable) -> Bool {
    var hadRoom = true
    while batch > 0, ledger.growth(1) > ledger.free {
      preempt(running.last, &table)
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
    var left = limits.tokens - batch - chunks.reduce(0) { $0 + $1.tokens }
    let reserved = ledger.growth(batch > 0 ? 1 : 0)
    while let next = waiting.first {
      guard running.count < limits.sequences else { return .sequences }
      guard left > 0 else { return .tokens }
      let row = Int(next.request)
      let kept = keptTokens(row, table)
      let found = kept + pinPrefix(row)
      let tokens = min(table.target(row) - found, left)
      let pages = ledger.pages(found + tokens) - ledger.pages(found - kept)
      guard pages + reserved <= ledger.free else {
        releasePages(row: row, tokens: found - kept)
        return .pages
      }
      waiting.removeFirst()
      running.append(next.request)
      freed?.reclaim(next.request, pages: kept / ledger.page)
      ledger.take(pages)
      if table.starts[row] < 0 {
        table.starts[row] = now
        table.found[row] = Int32(found)
      }
      table.computed[row] = Int32(found)
      chunks.append(PromptChunk(tokens: tokens, cached: found))
      chunkOwners.append(next.request)
      left -= tokens
      if found + tokens < table.target(row) { partial = next.request }
    }
    return .none
  }

  /// Takes the pages of a running request, which waits again for its whole KV.
  mutating func preempt(_ request: Int32, _ table: inout RequestTable) {
    let row = Int(request)
    if table.lastStep[row] >= 0 {
      table.generated[row] = table.outputs[row] - Int32(table.lastStep[row] - ledger.steps)
      let tokens = table.target(row) - 1
      stopDecoding(request, tokens: tokens, &table)
      releasePages(row: row, tokens: tokens, keeping: true)
      table.stopped[row] = now
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
  /// Holds what exists of a request's prompt.
  /// - Returns: its tokens.
  private mutating func pinPrefix(_ row: Int) -> Int {
    guard prefixes != nil else { return 0 }
    prefixes?.fit(ledger)
    let found = prefixes?.pin(row) ?? 0
    ledger.pinned = prefixes?.pinnedPages ?? 0
    return found
  }

  /// The prompt of a request is computed: others may find it from now on.
  mutating func sharePrefix(_ row: Int) {
    guard prefixes != nil else { return }
    ledger.release(prefixes?.insert(row, ledger) ?? 0)
    ledger.pinned = prefixes?.pinnedPages ?? 0
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
    prefixes?.fit(ledger)
    freed?.shrink(to: ledger.free)
    let pages = ledger.pages(tokens) - (prefixes?.heldPages(row) ?? 0)
    ledger.release(pages)
    freed?.append(Int32(row), pages: pages, whole: keeping ? tokens / ledger.page : 0)
    prefixes?.release(row)
    ledger.pinned = prefixes?.pinnedPages ?? 0
  }
}
