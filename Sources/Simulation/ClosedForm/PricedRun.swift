import Programs

/// Operations of a step, one after another, with what each adds to the sums over all steps: never
/// changed, and shared by all scenarios that have them.
final class PricedRun {
  /// Rows of `SumLanes.groups` vectors each.
  let rows: [SIMD8<Double>]
  /// A bit for each site that any operation is of, and for each that anything moved counts for.
  let sites: UInt32
  let movingSites: UInt32
  /// Paths in the order of first use, and a bit for each.
  let paths: [Int]
  let pathBits: UInt64

  fileprivate init(
    rows: [SIMD8<Double>], sites: UInt32, movingSites: UInt32, paths: [Int]
  ) {
    self.rows = rows
    self.sites = sites
    self.movingSites = movingSites
    self.paths = paths
    pathBits = paths.reduce(0) { $0 | 1 << UInt64($1) }
  }
}

/// Collects the operations of a run.
struct RunBuilder {
  private let lanes: SumLanes
  private let steps: Double
  private var values: [Double] = []
  /// Lanes that the last row has values in.
  private var taken: [Bool]
  private var sites: UInt32 = 0
  private var movingSites: UInt32 = 0
  private var paths: [Int] = []

  /// - Parameter steps: over which sums are.
  init(_ lanes: SumLanes, steps: Int) {
    self.lanes = lanes
    self.steps = Double(steps)
    taken = Array(repeating: false, count: lanes.groups * 8)
  }

  /// - Parameters:
  ///   - times: how often it is issued over all steps.
  ///   - sum: the sum of its counts over them.
  mutating func append(_ template: OperationTemplate, times: Double, sum: Double) {
    addRow()
    sites |= 1 << UInt32(template.site)
    set(SumLanes.span, template.span)
    let busy = template.span * 1e-12 * steps
    set(lanes.busy, busy)
    if template.isMove { set(lanes.moving, busy) }
    set(lanes.sites[template.site], busy)
    if template.activePower > 0 { set(lanes.cores, template.activePower * busy) }
    let done = template.flops.base * times + template.flops.each * sum
    set(lanes.arithmetic, done * template.energyPerFlop)
    for path in template.traffic {
      if !paths.contains(path.path) { paths.append(path.path) }
      if template.countsForSite, !path.isLink { movingSites |= 1 << UInt32(template.site) }
      guard lanes.addTraffic else { continue }
      let bytes = path.bytes.base * times + path.bytes.each * sum
      let reads = template.readsEntries && !path.isLink ? lanes.entryBytes : nil
      let ofSite = template.countsForSite && !path.isLink ? lanes.siteBytes[template.site] : nil
      let (moved, energy) = (lanes.bytes[path.path], lanes.energy[path.path])
      // A second amount for the same sum is added after the first, in a row of its own.
      if [reads, ofSite, moved, energy].contains(where: { $0.map { taken[$0] } ?? false }) {
        addRow()
      }
      set(reads, bytes)
      set(ofSite, bytes)
      set(moved, bytes)
      set(energy, bytes * path.energyPerByte)
    }
  }

  private mutating func addRow() {
    for lane in taken.indices { taken[lane] = false }
    values.append(contentsOf: repeatElement(0, count: taken.count))
  }

  private mutating func set(_ lane: Int?, _ value: Double) {
    guard let lane else { return }
    values[values.count - taken.count + lane] = value
    taken[lane] = true
  }

  func run() -> PricedRun {
    var rows: [SIMD8<Double>] = []
    rows.reserveCapacity(values.count / 8)
    for first in stride(from: 0, to: values.count, by: 8) {
      rows.append(SIMD8(values[first..<first + 8]))
    }
    return PricedRun(rows: rows, sites: sites, movingSites: movingSites, paths: paths)
  }
}
