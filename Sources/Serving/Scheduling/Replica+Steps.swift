import Diagnostics

/// What a step holds, and what it takes.
extension Replica {
  /// Fills `chunks` with what the next step holds beside the sequences that decode.
  /// - Returns: whether there was room without preempting, and what the next request waits for.
  mutating func chooseStep(
    _ table: inout RequestTable
  ) -> (hadRoom: Bool, reason: ReplicaTally.Wait) {
    chunks.removeAll(keepingCapacity: true)
    chunkOwners.removeAll(keepingCapacity: true)
    receive(&table)
    let hadRoom = makeRoom(&table)
    continuePartial(&table)
    var reason = hadRoom ? admit(&table) : .pages
    if reason == .none, fetching > 0 { reason = .copies }
    if hasTiers || reason == .pages { evict() }
    return (hadRoom, reason)
  }

  /// Prices of steps that only decode the batch as it is.
  mutating func decodeLine(_ table: RequestTable) throws(Faults) -> DecodeLine {
    dropStale(table)
    var line = try clock.line(batch: batch, context: context)
    line.time += clock.uneven(spread(table), batch: batch, isMixed: false)
    return line
  }

  /// A run of steps that only decode: until a sequence ends, pages run out, the prices' line ends, or
  /// the first step that ends at or after `limit`.
  mutating func decode(
    atMost: Int64, _ limit: Int64, _ reason: ReplicaTally.Wait, _ table: inout RequestTable
  ) throws(Faults) {
    guard batch > 0 else { return }
    let line = try decodeLine(table)
    guard let next = finishing.first else { return }
    let width = Int64(batch)
    var steps = min(atMost, next.key - ledger.steps, (line.high - context) / width + 1)
    if !limits.advancesRuns { steps = 1 }
    steps = ledger.affordable(steps, free: spare(reason))
    if reason == .pages, let freed, let next = waiting.first {
      // The next request needs other pages once it finds less of what it had.
      let ahead = freed.ahead(of: next.request)
      if ahead < .max { steps = min(steps, ledger.affordable(steps, free: ahead) + 1) }
    }
    steps = line.steps(until: awaited(limit) - now, atMost: steps, from: context, batch: width)
    runDecode(line, steps: steps, reason, &table)
  }

  mutating func runDecode(
    _ line: DecodeLine, steps: Int64, _ reason: ReplicaTally.Wait, _ table: inout RequestTable
  ) {
    let width = Int64(batch)
    let time = line.time(steps: steps, from: context, batch: width)
    clock.add(
      line, steps: steps, above: line.above(steps: steps, from: context, batch: width),
      to: &tally.amounts)
    tally.noteDecode(line, steps: steps, from: context, batch: width)
    noteResumed(after: line.time(steps: 1, from: context, batch: width), &table)
    tally.run(time, population: population, reason)
    now += time
    noteTime()
    context += width * steps
    ledger.advance(steps)
    finish(&table)
  }

  /// Picoseconds of a step with pieces of prompts, whose other amounts are added.
  mutating func mixedTime(_ table: RequestTable) throws(Faults) -> Int64 {
    try clock.mixed(decoding: batch, context: context, chunks: chunks, sums: &tally.amounts)
      + clock.uneven(spread(table), batch: batch, isMixed: true)
  }

  mutating func endMixedStep(
    _ time: Int64, _ reason: ReplicaTally.Wait, _ table: inout RequestTable
  ) {
    tally.noteMixed(time, decoding: batch)
    noteResumed(after: time, &table)
    tally.run(time, population: population, reason)
    now += time
    noteTime()
    context += Int64(batch)
    ledger.advance(1)
    finish(&table)
    for (chunk, request) in zip(chunks, chunkOwners) {
      table.computed[Int(request)] += Int32(chunk.tokens)
      if Int(table.computed[Int(request)]) == table.target(Int(request)) {
        beginDecoding(request, &table)
      }
    }
    notePoint()
  }
}
