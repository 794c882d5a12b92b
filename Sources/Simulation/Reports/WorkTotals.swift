import Costs
import Programs
import Quantities

/// Sums over all steps of a program of what does not depend on the clock: bytes, flops, energy.
struct WorkTotals {
  /// Bytes by tier and link, in the order of first use.
  private(set) var bytes: [(through: String, bytes: Double)] = []
  private(set) var pathEnergy: [(through: String, joules: Double)] = []
  private(set) var flops = 0.0
  private(set) var arithmeticEnergy = 0.0
  /// Bytes that attention and scores read from tiers: KV and what lies beside it.
  private(set) var entryBytes = 0.0
  /// Bytes that each site's kernels on the main stream move in tiers, in the order of first use; of
  /// `lookup` those of rows alone.
  private(set) var siteBytes: [(site: Site, bytes: Double)] = []
  /// Bytes that the model's products read from tiers.
  private(set) var weightBytes = 0.0

  init(_ priced: PricedProgram) {
    let program = priced.program
    for use in program.order {
      for (o, operation) in program.blocks[use.block].operations.enumerated() {
        let resolved = priced.resolved[use.block][o]
        let (times, sum) = Self.counts(operation, use, program)
        let done = resolved.flops.base * times + resolved.flops.each * sum
        flops += done
        arithmeticEnergy += done * resolved.energyPerFlop
        for path in resolved.paths {
          let moved = path.bytes.base * times + path.bytes.each * sum
          if operation.readsEntries, !path.isLink { entryBytes += moved }
          if operation.readsForItsSite, !path.isLink { add(moved, of: operation.site) }
          if operation.readsWeights, !path.isLink { weightBytes += moved }
          add(path.through, moved, energy: moved * path.energyPerByte)
        }
      }
    }
  }

  /// How often an operation is issued over all steps, and the sum of its counts.
  private static func counts(
    _ operation: Operation, _ use: BlockUse, _ program: Program
  ) -> (times: Double, sum: Double) {
    guard let index = operation.column else {
      return (Double(program.steps), Double(program.steps))
    }
    let column = program.columns[index]
    var times = 0
    var sum: Int64 = 0
    for step in 0..<program.steps {
      let count = column.counts[step * column.layers + use.layer]
      sum += Int64(count)
      if count > 0 || !operation.skippedWhenEmpty { times += 1 }
    }
    return (Double(times), Double(sum))
  }

  private mutating func add(_ amount: Double, of site: Site) {
    if let index = siteBytes.firstIndex(where: { $0.site == site }) {
      siteBytes[index].bytes += amount
    } else {
      siteBytes.append((site, amount))
    }
  }

  private mutating func add(_ through: String, _ amount: Double, energy: Double) {
    if let index = bytes.firstIndex(where: { $0.through == through }) {
      bytes[index].bytes += amount
      pathEnergy[index].joules += energy
    } else {
      bytes.append((through, amount))
      pathEnergy.append((through, energy))
    }
  }
}

extension Operation {
  fileprivate var readsEntries: Bool { kind == .attentionDecode || kind == .batchedMatrixVector }

  /// Whether what it moves counts for its site: on the main stream, and of `lookup` the rows alone.
  fileprivate var readsForItsSite: Bool { stream == 0 && (site != .lookup || kind == .lookup) }
  fileprivate var readsWeights: Bool {
    (kind == .matrixVector || kind == .matrixProduct) && site != .attention
      && !name.hasPrefix("stated.")
  }
}
