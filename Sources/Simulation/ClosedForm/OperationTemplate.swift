import Costs
import Programs

/// An operation as far as metrics ask of it, for any number of steps.
struct OperationTemplate {
  /// Picoseconds at its mean count.
  var span: Double
  var site: Int
  var isMove: Bool
  var readsEntries: Bool
  /// Whether what it moves in tiers counts for its site: of `lookup` the rows alone.
  var countsForSite: Bool
  var activePower: Double
  var flops: Affine
  var energyPerFlop: Double
  /// Bytes by the place of their path, in the order of the operation's traffic.
  var traffic: [(path: Int, bytes: Affine, energyPerByte: Double, isLink: Bool)]

  init(_ operation: Operation, _ priced: PricedOperation, span: Double, paths: [String]) {
    self.span = span
    site = Site.allCases.firstIndex(of: operation.site) ?? 0
    isMove = operation.kind == .move
    readsEntries = operation.kind == .attentionDecode || operation.kind == .batchedMatrixVector
    countsForSite = operation.site != .lookup || operation.kind == .lookup
    activePower = priced.activePower
    flops = priced.flops
    energyPerFlop = priced.energyPerFlop
    traffic = []
    traffic.reserveCapacity(priced.paths.count)
    for path in priced.paths {
      let place = paths.firstIndex(of: path.through) ?? 0
      traffic.append((place, path.bytes, path.energyPerByte, path.isLink))
    }
  }
}
