import Policies
import Programs
import Quantities
import SparseStructures
import Workloads

/// Lowers the product of two sparse matrices that lie in the next memory: what crosses to the scratchpad
/// and what is done there, by the counts of the matrices' structure.
///
/// Threads bring in number by number, one after another with their other work; bulk copies run
/// beside it, and what they move through the scratchpad counts as the merge's, which they share it with.
/// All phases of threads are as long as the busiest thread's.
struct SparseProductStep {
  private let setting: Setting
  private let shape: SparseProductShape
  private let a: MatrixStructure
  private let counts: ProductCounts
  let imbalance: Double

  init?(_ setting: Setting, seed: UInt64) {
    guard case .sparseProduct(let shape) = setting.workload.kernel,
      let law = MatrixLaw(rawValue: shape.law)
    else { return nil }
    self.setting = setting
    self.shape = shape
    a = MatrixStructure.drawn(law, rows: shape.rows, count: shape.nonzeros, seed: seed)
    counts = ProductCounts(a, a)
    imbalance =
      shape.schedule == .even
      ? counts.imbalanceOfEvenRows(threads: shape.threads)
      : counts.imbalanceOfTurns(threads: shape.threads)
  }

  private var near: String { setting.nearTier }
  private var link: (name: String, far: String)? {
    setting.profile.links.first { $0.near == near }.map { ($0.name, $0.far) }
  }
  private var entry: Double { shape.value.value + shape.index.value }

  /// Bytes of both matrices and the result.
  var storedBytes: Double {
    (2 * Double(a.count) + Double(counts.results)) * entry
      + 3 * Double(a.rows + 1) * shape.index.value
  }

  func lower() -> LoweredStep {
    var operations = [
      crossing("read.a", bytes: Double(a.count) * entry, rows: Double(a.rows)),
      // In the outer product each row of B is read once; row by row, for each entry of A.
      crossing(
        "read.b", bytes: Double(shape.order == .outer ? a.count : counts.products) * entry,
        rows: Double(shape.order == .outer ? a.rows : a.count)),
    ]
    let partial = Double(counts.products) * (entry + shape.index.value)
    if shape.order == .outer {
      operations.append(crossing("write.partial", bytes: partial, rows: Double(a.count)))
      operations.append(crossing("read.partial", bytes: partial, rows: Double(a.rows)))
    }
    operations.append(merging)
    var result = crossing(
      "write.c", bytes: Double(counts.results) * entry, rows: Double(a.rows))
    if shape.loads == .bulk { result.after = [Dependency(on: "merge")] }
    operations.append(result)
    var streams = [Stream(name: setting.runtime.unit, engine: .compute(unit: setting.runtime.unit))]
    if let link {
      streams.append(Stream(name: "bulk", engine: .copy(link: link.name, towards: near)))
    }
    return LoweredStep(
      streams: streams, blocks: [Block(name: "product", operations: operations)],
      order: [BlockUse(block: 0, layer: 0)], columns: [])
  }

  /// Bytes between memory and scratchpad: whole rows by the engine, or a number at a time by threads.
  private func crossing(_ name: String, bytes: Double, rows: Double) -> Operation {
    let isBulk = shape.loads == .bulk
    let numbers = bytes / entry * 2
    let moved = Affine(base: bytes * (isBulk ? 1 : imbalance))
    let through = link.map { [$0.name, $0.far] + (isBulk ? [] : [near]) } ?? [near]
    return Operation(
      name: name, site: .model, kind: isBulk ? .copy : .gather, stream: isBulk ? 1 : 0,
      traffic: through.map { Traffic(through: $0, bytes: moved) },
      pieces: Affine(base: max(1, isBulk ? rows : numbers)))
  }

  /// Every product goes through the table: its probes, and one value read and written; in memory that
  /// is a number at a time over the link.
  private var merging: Operation {
    let probes = counts.probes(fill: shape.fill)
    let sums = 2 * Double(counts.products) * shape.value.value
    var bytes = (probes * shape.index.value + sums) * imbalance
    if shape.loads == .bulk {
      let streamed = shape.order == .outer ? a.count : counts.products
      bytes += Double(a.count + streamed + counts.results) * entry
    }
    let flops = Affine(base: 2 * Double(counts.products) * imbalance)
    guard shape.merge == .memory, let link else {
      return Operation(
        name: "merge", site: .model, kind: .elementwise, stream: 0, precision: .fp32, flops: flops,
        traffic: [Traffic(through: near, bytes: Affine(base: bytes))], launches: .zero)
    }
    return Operation(
      name: "merge", site: .model, kind: .gather, stream: 0, precision: .fp32, flops: flops,
      traffic: [link.name, link.far].map { Traffic(through: $0, bytes: Affine(base: bytes)) },
      pieces: Affine(base: probes + 2 * Double(counts.products)))
  }
}
