import Costs
import Diagnostics
import Policies
import Programs
import Quantities

/// The time of the prompt, which ends in the first token: one program of a single step.
public struct PrefillEstimate: Sendable {
  /// Nil for recordings of kernels, which have no prompt.
  public let time: Seconds?
  /// The calibrated kernels that price it.
  let calls: [PricedCall]

  init(_ preparation: Preparation, costs: CostModel) throws(Faults) {
    let setting = preparation.setting
    guard setting.model.vocabulary > 0 else {
      time = nil
      calls = []
      return
    }
    let step = PrefillStep.lower(setting)
    let program = Program(
      streams: step.streams, blocks: step.blocks, order: step.order, columns: [], steps: 1)
    let priced = try PricedProgram(program, costs: costs)
    time = AnalyticEngine(priced).run().total
    calls = priced.resolved.joined().compactMap(\.call)
  }
}
