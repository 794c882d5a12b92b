import Programs

/// What the activities of all steps add up to, in the order in which a step issues them, so that
/// sums are those of the simulator's report to the last bit.
final class StepSums {
  let lanes: SumLanes
  private var rows: [SIMD8<Double>] = []
  /// Where each block begins among the rows, and the end of the last.
  private var blocks: [Int] = [0]
  private var sums: [SIMD8<Double>]
  private var sites: UInt32 = 0
  private var movingSites: UInt32 = 0
  private var pathBits: UInt64 = 0
  /// Paths in the order of first use; blocks are numbered in the order of theirs.
  private(set) var used: [Int] = []

  init(_ lanes: SumLanes) {
    self.lanes = lanes
    sums = Array(repeating: .zero, count: lanes.groups)
  }

  func removeAll() {
    rows.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    blocks.append(0)
    used.removeAll(keepingCapacity: true)
    (sites, movingSites, pathBits) = (0, 0, 0)
  }

  func append(_ run: PricedRun) {
    rows.append(contentsOf: run.rows)
    sites |= run.sites
    movingSites |= run.movingSites
    guard run.pathBits & ~pathBits != 0 else { return }
    pathBits |= run.pathBits
    for path in run.paths where !used.contains(path) { used.append(path) }
  }

  func closeBlock() { blocks.append(rows.count) }

  /// Adds up the step.
  /// - Parameter order: its blocks, one after another.
  func run(_ order: [Int]) {
    for group in sums.indices {
      sums[group] = Self.sum(rows, blocks, order, from: group, by: sums.count)
    }
  }

  private static func sum(
    _ rows: [SIMD8<Double>], _ blocks: [Int], _ order: [Int], from first: Int, by stride: Int
  ) -> SIMD8<Double> {
    rows.withUnsafeBufferPointer { rows in
      var sum = SIMD8<Double>.zero
      for block in order {
        var row = blocks[block] + first
        let end = blocks[block + 1]
        while row < end {
          sum += rows[row]
          row += stride
        }
      }
      return sum
    }
  }

  /// Picoseconds of one step on one stream.
  var step: Double { self[SumLanes.span] }

  /// 0 for a sum that no metric needs.
  subscript(_ lane: Int?) -> Double { lane.map { sums[$0 / 8][$0 % 8] } ?? 0 }

  /// Whether any operation is of a site.
  func has(site: Int) -> Bool { sites >> UInt32(site) & 1 != 0 }

  /// Whether anything that is moved counts for a site.
  func moves(for site: Int) -> Bool { movingSites >> UInt32(site) & 1 != 0 }
}
