import Models
import Programs

extension StepBuilder {
  /// Scoring reads one mean key a page and head over the whole context, then picks the best.
  ///
  /// Where the runtime says which kernels a selection takes, the search and the sort are priced by
  /// what they work on: a row of scores for each sequence and head. Elsewhere it is two kernels.
  mutating func addSelection(_ attention: Attention, keep: Int, page: Int) {
    guard setting.method.attention.score == .pageMean else { return }
    let (bytes, flops) = perToken(attention)
    let pages = Double(setting.contextUnit) / Double(page)
    let counts = setting.parts.selection
    let batch = Double(setting.workload.batch)
    if let counts {
      addKernels(
        "attention.select", counts, site: .attention, width: attention.kvElementsWritten / 2)
    }
    add(
      Operation(
        name: "attention.score", site: .attention,
        kind: counts == nil ? .elementwise : .batchedMatrixVector, stream: main,
        precision: setting.activations, flops: Affine(each: flops / 2 * pages),
        traffic: [Traffic(through: nearTier, bytes: Affine(each: bytes / 2 * pages))],
        launches: Affine(base: counts == nil ? 2 : 1), rows: batch, column: column("context")))
    guard counts != nil else { return }
    let rows = batch * Double(max(1, attention.kvHeads))
    let score = setting.activations.bytes(of: rows).value
    add(
      Operation(
        name: "attention.top-k", site: .attention, kind: .topK, stream: main,
        precision: setting.activations,
        traffic: [Traffic(through: nearTier, bytes: Affine(each: score * pages))],
        pieces: Affine(base: rows), rows: rows, column: column("context")))
    let kept = Double((keep + page - 1) / page)
    add(
      Operation(
        name: "attention.sort", site: .attention, kind: .sort, stream: main,
        precision: setting.activations,
        traffic: [Traffic(through: nearTier, bytes: Affine(base: score * kept))],
        rows: rows, width: kept))
  }
}
