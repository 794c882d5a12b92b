import Costs
import Programs

/// An operation as far as metrics ask of it, for any number of steps.
struct OperationTemplate {
  /// Picoseconds at its mean count.
  var span: Double
  var site: Int
  var isMove: Bool
  var readsEntries: Bool
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

/// The operations of one step by class of layer, in flat arrays that are filled anew for every
/// scenario.
struct StepOperations {
  /// Over all steps: busy seconds, joules of arithmetic and of held cores.
  struct Entry {
    var busy: Double
    var arithmetic: Double
    var cores: Double
    var site: Int
    var isMove: Bool
    var movedEnd: Int
  }

  /// Bytes and joules over all steps through one path.
  struct Moved {
    var path: Int
    var bytes: Double
    var energy: Double
    var readsEntries: Bool
  }

  /// Picoseconds of one step.
  private(set) var spans: [Double] = []
  private(set) var entries: [Entry] = []
  private(set) var moved: [Moved] = []
  /// Where each block begins in `spans`, and the end of the last.
  private(set) var blocks: [Int] = []

  mutating func removeAll() {
    spans.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    moved.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    blocks.append(0)
  }

  /// - Parameters:
  ///   - times: how often it is issued over all steps.
  ///   - sum: the sum of its counts over them.
  mutating func append(
    _ template: OperationTemplate, times: Double, sum: Double, steps: Double, withWork: Bool
  ) {
    spans.append(template.span)
    let busy = template.span * 1e-12 * steps
    let done = template.flops.base * times + template.flops.each * sum
    if withWork {
      for path in template.traffic {
        let bytes = path.bytes.base * times + path.bytes.each * sum
        moved.append(
          Moved(
            path: path.path, bytes: bytes, energy: bytes * path.energyPerByte,
            readsEntries: template.readsEntries && !path.isLink))
      }
    }
    entries.append(
      Entry(
        busy: busy, arithmetic: done * template.energyPerFlop,
        cores: template.activePower > 0 ? template.activePower * busy : 0, site: template.site,
        isMove: template.isMove, movedEnd: moved.count))
  }

  mutating func closeBlock() { blocks.append(spans.count) }
}
