import Programs

/// What the activities of all steps add up to, in the order in which a step issues them, so that
/// sums are those of the simulator's report to the last bit.
struct StepSums {
  /// Picoseconds of one step on one stream.
  private(set) var step = 0.0
  private(set) var busy = 0.0
  private(set) var moving = 0.0
  private(set) var cores = 0.0
  private(set) var arithmetic = 0.0
  private(set) var entryBytes = 0.0
  /// By site, and whether any operation is of it.
  private(set) var sites = [Double](repeating: 0, count: Site.allCases.count)
  private(set) var hasSite = [Bool](repeating: false, count: Site.allCases.count)
  /// By path, and paths in the order of first use.
  private(set) var bytes: [Double]
  private(set) var energy: [Double]
  private(set) var used: [Int] = []

  init(pathCount: Int) {
    bytes = Array(repeating: 0, count: pathCount)
    energy = bytes
  }

  /// Adds up the step anew.
  /// - Parameter order: the blocks of a step, one after another.
  mutating func run(
    _ operations: StepOperations, order: [Int], needsBusy: Bool, needsWork: Bool
  ) {
    addSpans(operations, order)
    if needsBusy { addBusy(operations, order) }
    if needsWork { addWork(operations, order) }
  }

  private mutating func addSpans(_ operations: StepOperations, _ order: [Int]) {
    var sum = 0.0
    operations.spans.withUnsafeBufferPointer { spans in
      for block in order {
        for place in operations.blocks[block]..<operations.blocks[block + 1] { sum += spans[place] }
      }
    }
    step = sum
  }

  private mutating func addBusy(_ operations: StepOperations, _ order: [Int]) {
    (busy, moving, cores) = (0, 0, 0)
    for site in sites.indices { (sites[site], hasSite[site]) = (0, false) }
    operations.entries.withUnsafeBufferPointer { entries in
      for block in order {
        for place in operations.blocks[block]..<operations.blocks[block + 1] {
          let entry = entries[place]
          busy += entry.busy
          cores += entry.cores
          if entry.isMove { moving += entry.busy }
          sites[entry.site] += entry.busy
          hasSite[entry.site] = true
        }
      }
    }
  }

  private mutating func addWork(_ operations: StepOperations, _ order: [Int]) {
    (arithmetic, entryBytes) = (0, 0)
    for path in bytes.indices { (bytes[path], energy[path]) = (0, 0) }
    used.removeAll(keepingCapacity: true)
    // Blocks are numbered in the order of their first use.
    for moved in operations.moved where !used.contains(moved.path) { used.append(moved.path) }
    operations.entries.withUnsafeBufferPointer { entries in
      operations.moved.withUnsafeBufferPointer { moved in
        for block in order {
          let range = operations.blocks[block]..<operations.blocks[block + 1]
          for place in range { arithmetic += entries[place].arithmetic }
          for place in operations.movedRange(of: block) {
            let it = moved[place]
            if it.readsEntries { entryBytes += it.bytes }
            bytes[it.path] += it.bytes
            energy[it.path] += it.energy
          }
        }
      }
    }
  }
}

extension StepOperations {
  fileprivate func movedRange(of block: Int) -> Range<Int> {
    let first = blocks[block]
    let end = blocks[block + 1]
    guard first < end else { return 0..<0 }
    return (first > 0 ? entries[first - 1].movedEnd : 0)..<entries[end - 1].movedEnd
  }
}
