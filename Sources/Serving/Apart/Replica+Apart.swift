/// Prompts on one replica, decode on another.
extension Replica {
  /// The prompt of a request is computed and its first token yielded: the rest is another's.
  mutating func handOver(_ request: Int32, tokens: Int, _ table: inout RequestTable) {
    let row = Int(request)
    releasePages(row: row, tokens: tokens)
    running.remove(request)
    table.stopped[row] = now
    handed.append(request)
  }

  /// Takes a request whose KV has arrived.
  mutating func land(_ request: Int32, at time: Int64, _ table: inout RequestTable) {
    table.hasLanded[Int(request)] = true
    meet(time)
    enqueue(request, table)
  }

  /// Lets a request in whose KV waits beside the pages.
  /// - Returns: whether there was room.
  mutating func takeIn(_ request: Int32, _ table: inout RequestTable) -> Bool {
    let row = Int(request)
    let tokens = table.target(row) - 1
    guard ledger.pages(tokens + 1) <= room else { return false }
    waiting.removeFirst()
    running.append(request)
    ledger.take(ledger.pages(tokens))
    table.hasLanded[row] = false
    resumed.append(request)
    joinDecoding(request, &table)
    notePoint()
    return true
  }
}
