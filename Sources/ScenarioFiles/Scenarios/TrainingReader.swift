import Diagnostics
import Quantities
import Workloads

/// Reads `workload.train` and `workload.lengths`.
enum TrainingReader {
  /// What a step of training does; nil where the workload has none, or it is faulty.
  static func read(_ value: Value?) -> TrainingShape? {
    guard let map = value?.map() else { return nil }
    var shape = TrainingShape()
    shape.goesBack = map.value("backward").map { $0.boolean() ?? true } ?? true
    shape.optimiser =
      map.value("optimiser")?.choice(TrainingShape.Optimiser.self, kind: "optimiser") ?? .adam
    shape.adapters = map.value("adapters")?.map().flatMap(adapters)
    shape.recompute =
      map.value("recompute")?.choice(TrainingShape.Recompute.self, kind: "part") ?? .none
    shape.offload = map.value("offload")?.map().flatMap(offload)
    shape.lossChunk = map.value("loss-chunk").flatMap {
      SharedKeys.tokens($0, in: 1...100_000_000)
    }
    shape.outputs = map.value("outputs")?.choice(Precision.self, kind: "number format")
    shape.keptFFN = map.value("kept-ffn")?.number(in: 0...1) ?? 1
    map.finish()
    return shape
  }

  private static func adapters(_ map: MapReader) -> TrainingShape.Adapters? {
    let rank = map.required("rank", "the rank of the products")?.integer(in: 1...65536)
    let targets = map.required("targets", "a list of matrices, such as [q, v]")?.list()?
      .compactMap { $0.text() }
    map.finish()
    guard let rank, let targets else { return nil }
    return TrainingShape.Adapters(rank: rank, targets: targets)
  }

  private static func offload(_ map: MapReader) -> TrainingShape.Offload? {
    let tier = map.required("tier", "the tier that holds them")?.text()
    let share = map.value("share").map { $0.number(in: 0...1) } ?? 1
    let overlaps = map.value("overlap").map { $0.boolean() } ?? true
    map.finish()
    guard let tier, let share, let overlaps else { return nil }
    return TrainingShape.Offload(tier: tier, share: share, overlaps: overlaps)
  }

  /// How long the sequences are; nil is all equal.
  static func lengths(_ value: Value?) -> LengthDistribution? {
    guard let map = value?.map() else { return nil }
    let median = SharedKeys.tokens(
      map.required("median", "the length that half of the sequences do not reach"),
      in: 1...100_000_000)
    let shape = map.required("shape", "how fast long sequences become rare")?.number(in: 0.1...100)
    map.finish()
    guard let median, let shape else { return nil }
    return LengthDistribution(median: median, shape: shape)
  }
}
