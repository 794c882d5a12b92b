import Diagnostics
import Quantities
import SparseStructures
import Workloads

/// Reads `workload.sparse-product` and `workload.branches`: a kernel by itself.
enum KernelWorkReader {
  static func read(_ workload: MapReader) -> KernelWork? {
    let product = workload.value("sparse-product")
    let branches = workload.value("branches")
    if product != nil, branches != nil {
      workload.faults.add(
        .conflict(
          key: workload.name(of: "branches"), found: "given with sparse-product",
          mend: "a workload is one kernel; leave one out"), at: workload.position)
    }
    if let map = product?.map() { return Self.product(map).map { .sparseProduct($0) } }
    if let map = branches?.map() { return Self.branches(map).map { .branches($0) } }
    return nil
  }

  private static let rows = 1...1_000_000
  private static let entries = 1...2_000_000

  private static func product(_ map: MapReader) -> SparseProductShape? {
    let rows = map.required("rows", "rows and columns of the matrix")?.integer(in: rows)
    let nonzeros = map.required("nonzeros", "its entries")?.integer(in: entries)
    let law = map.required("law", "how entries are drawn")?.choice(MatrixLaw.self, kind: "law")
    let threads = map.required("threads", "threads that share the rows")?.integer(in: 1...1024)
    let value = map.value("value").map { $0.quantity(in: Bytes(1)...Bytes(64)) } ?? Bytes(8)
    let index = map.value("index").map { $0.quantity(in: Bytes(1)...Bytes(64)) } ?? Bytes(4)
    let fill = map.value("fill").map { $0.number(in: 0.01...0.99) } ?? 0.5
    let order =
      map.value("order").map { $0.choice(SparseProductShape.Order.self, kind: "order") } ?? .rowWise
    let merge =
      map.value("merge").map { $0.choice(SparseProductShape.Merge.self, kind: "place") }
      ?? .scratchpad
    let loads =
      map.value("loads").map { $0.choice(SparseProductShape.Loads.self, kind: "way") } ?? .bulk
    let schedule =
      map.value("schedule").map { $0.choice(SparseProductShape.Schedule.self, kind: "schedule") }
      ?? .turns
    map.finish()
    guard let rows, let nonzeros, let law, let threads, let value, let index, let fill, let order,
      let merge, let loads, let schedule
    else { return nil }
    var shape = SparseProductShape(
      rows: rows, nonzeros: nonzeros, law: law.rawValue, threads: threads, value: value,
      index: index, fill: fill)
    shape.order = order
    shape.merge = merge
    shape.loads = loads
    shape.schedule = schedule
    return shape
  }

  private static func branches(_ map: MapReader) -> BranchShape? {
    let predictor = map.required("predictor", "what guesses")?.choice(
      BranchShape.Predictor.self, kind: "predictor")
    let rows = map.required("rows", "rows and columns of the matrices")?.integer(in: rows)
    let nonzeros = map.required("nonzeros", "their entries")?.integer(in: entries)
    let side = map.value("side-table").map { $0.quantity(in: Bytes(0)...Bytes(1e9)) } ?? Bytes(2048)
    let penalty = map.value("penalty").map { $0.integer(in: 0...10_000) } ?? 15
    map.finish()
    guard let predictor, let rows, let nonzeros, let side, let penalty else { return nil }
    return BranchShape(
      predictor: predictor, rows: rows, nonzeros: nonzeros, side: side, penalty: Double(penalty))
  }
}
