import Programs

/// Each activity of a step at the mean count of its layer over all steps, between whole counts
/// linearly.
struct MeanSpans {
  /// Picoseconds by activity, in the order of `PricedProgram.Origin`.
  var spans: [Double] = []
  /// Never issued in any step.
  var isAbsent: [Bool] = []

  init(_ priced: PricedProgram) {
    let program = priced.program
    let sums = program.columns.map(Self.sums)
    let count = program.operationsPerStep
    spans.reserveCapacity(count)
    isAbsent.reserveCapacity(count)
    let rounds = Double(program.steps)
    priced.tables.spans.withUnsafeBufferPointer { table in
      for use in program.order {
        for entry in priced.tables.ofBlock(use.block) {
          guard let column = entry.column else {
            spans.append(Double(table[entry.base]))
            isAbsent.append(false)
            continue
          }
          let sum = sums[column][use.layer]
          let mean = Double(sum) / rounds
          let below = Int(mean)
          let low = Double(table[entry.place(below)])
          let high = below < entry.largest ? Double(table[entry.place(below + 1)]) : low
          spans.append(low + (mean - Double(below)) * (high - low))
          isAbsent.append(sum == 0 && entry.skippedWhenEmpty)
        }
      }
    }
    // The step ends with its last operation, which is waited for even where it has nothing to do.
    isAbsent[count - 1] = false
  }

  /// The sum of a column over all steps, by layer.
  private static func sums(_ column: CountColumn) -> [Int64] {
    var sums = [Int64](repeating: 0, count: column.layers)
    for step in 0..<column.counts.count / column.layers {
      for layer in 0..<column.layers {
        sums[layer] += Int64(column.counts[step * column.layers + layer])
      }
    }
    return sums
  }
}
