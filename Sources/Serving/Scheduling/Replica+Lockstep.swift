import Diagnostics

/// Steps that begin and end with those of other replicas, because devices of all meet in every layer.
extension Replica {
  /// What the next step holds: a run of decoding, or pieces of prompts.
  struct Prepared {
    /// Prices of a step that only decodes; nil with pieces of prompts.
    var line: DecodeLine?
    /// Picoseconds that it takes by itself.
    var time: Int64
    var reason: ReplicaTally.Wait
  }

  /// Chooses the next step; nil for a replica without work, which computes nothing beside the others.
  mutating func prepare(_ table: inout RequestTable) throws(Faults) -> Prepared? {
    guard batch > 0 || partial >= 0 || !waiting.isEmpty else { return nil }
    let (_, reason) = chooseStep(&table)
    guard chunks.isEmpty else {
      return Prepared(line: nil, time: try mixedTime(table), reason: reason)
    }
    guard batch > 0 else { return nil }
    let line = try decodeLine(table)
    return Prepared(
      line: line, time: line.time(steps: 1, from: context, batch: Int64(batch)), reason: reason)
  }

  /// The step ends with the longest of its group.
  mutating func complete(
    _ prepared: Prepared, in time: Int64, _ table: inout RequestTable
  ) {
    guard var line = prepared.line else {
      endMixedStep(time, prepared.reason, &table)
      return
    }
    line.time += time - prepared.time
    runDecode(line, steps: 1, prepared.reason, &table)
  }

  /// Waits for the others of its group.
  mutating func wait(until moment: Int64) {
    guard moment > now else { return }
    tally.pass(moment - now, population: population)
    now = moment
  }
}
