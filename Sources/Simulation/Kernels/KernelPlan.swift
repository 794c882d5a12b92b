import BranchPrediction
import Diagnostics
import Policies
import Programs
import Quantities
import Workloads

/// A kernel by itself as a program of one step, and what is counted of it.
public struct KernelPlan: Sendable {
  public let step: LoweredStep
  /// Bytes in the memory behind the scratchpad.
  let stored: (tier: String, bytes: Double)?
  let imbalance: Double?
  let branches: BranchStudy?
  private let penalty: Double

  /// Nil where the workload is a model's.
  /// - Throws: `Faults` where the machine has no memory behind that of its unit.
  init?(_ setting: Setting, seed: UInt64, file: String) throws(Faults) {
    guard let kernel = setting.workload.kernel else { return nil }
    switch kernel {
    case .sparseProduct:
      guard let link = setting.profile.links.first(where: { $0.near == setting.nearTier }),
        let product = SparseProductStep(setting, seed: seed)
      else {
        throw Faults(
          .conflict(
            key: "hardware", found: setting.profile.name,
            mend: "a sparse product needs a memory linked to '\(setting.nearTier)'"),
          at: SourcePosition(file: file))
      }
      step = product.lower()
      stored = (link.far, product.storedBytes)
      imbalance = product.imbalance
      branches = nil
      penalty = 0
    case .branches(let shape):
      step = Self.idle(setting)
      stored = nil
      imbalance = nil
      branches = BranchStudy(shape, seed: seed)
      penalty = shape.penalty
    }
  }

  /// Branches are counted, not timed: a step without work.
  private static func idle(_ setting: Setting) -> LoweredStep {
    let unit = setting.runtime.unit
    let operation = Operation(
      name: "branches", site: .model, kind: .elementwise, stream: 0, traffic: [], launches: .zero)
    return LoweredStep(
      streams: [Stream(name: unit, engine: .compute(unit: unit))],
      blocks: [Block(name: "branches", operations: [operation])],
      order: [BlockUse(block: 0, layer: 0)], columns: [])
  }

  /// The metrics of a kernel by itself, given its time.
  func metrics(step: Double) -> [Report.MetricValue] {
    var list: [Report.MetricValue] = []
    func add(_ name: String, _ value: Double?) {
      if let value { list.append(.init(name: name, value: value)) }
    }
    add("kernel.time", branches == nil ? step : nil)
    add("partition.imbalance", imbalance)
    add("branches.mpki", branches?.mpki)
    add("branches.saved_best", branches?.savedAtBest)
    add("branches.saved_mean", branches?.savedInMean)
    add("branches.penalty_cycles", branches.map { $0.mpki * penalty })
    return list
  }
}
