/// How far the longest context of a batch is from the mean: it stays so while the same sequences decode,
/// because all grow alike.
extension Replica {
  /// A request begins to decode.
  mutating func noteLength(_ request: Int32, _ table: RequestTable) {
    guard clock.isUneven else { return }
    lengths.push(lengthKey(Int(request), table), request)
  }

  /// The longest context of the next step times the batch, less all contexts between them.
  mutating func spread(_ table: RequestTable) -> Int64 {
    guard clock.isUneven, batch > 1 else { return 0 }
    while let first = lengths.first {
      let row = Int(first.request)
      if table.lastStep[row] >= 0, lengthKey(row, table) == first.key {
        return (ledger.steps - first.key) * Int64(batch) - context
      }
      lengths.removeFirst()
    }
    return 0
  }

  /// The step in which its context would be nothing: less for longer sequences, and of each the same as
  /// long as it decodes.
  private func lengthKey(_ row: Int, _ table: RequestTable) -> Int64 {
    table.lastStep[row] - Int64(table.prompts[row]) - Int64(table.outputs[row])
  }
}
