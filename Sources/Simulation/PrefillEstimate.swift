import Costs
import Diagnostics
import EventKernel
import Policies
import Programs
import Quantities

/// The prompt, which ends in the first token: one program of a single step.
public struct PrefillEstimate: Sendable {
  /// Nil for recordings of kernels, which have no prompt unless one is stated.
  let priced: PricedProgram?
  /// The calibrated kernels that price it.
  let calls: [PricedCall]

  /// What the prompt takes, and which part of it each site and operation is busy.
  public struct Times: Sendable {
    public var total: Seconds
    public var sites: [Share]
    /// By name, without the word `prompt` before it.
    public var operations: [Share]
  }

  public struct Share: Sendable {
    public var name: String
    public var busy: Seconds
  }

  init(_ setting: Setting, costs: CostModel) throws(Faults) {
    guard setting.model.vocabulary > 0 || setting.method.prompt.isStated else {
      priced = nil
      calls = []
      return
    }
    let step = PrefillStep.lower(setting)
    guard !step.blocks.allSatisfy(\.operations.isEmpty) else {
      priced = nil
      calls = []
      return
    }
    let program = Program(
      streams: step.streams, blocks: step.blocks, order: step.order, columns: [], steps: 1)
    let priced = try PricedProgram(program, costs: costs)
    self.priced = priced
    calls = priced.resolved.joined().compactMap(\.call)
  }

  /// - Parameter isPlayed: by playback; else by the analytic engine.
  func times(isPlayed: Bool) -> Times? {
    guard let priced else { return nil }
    guard isPlayed else {
      let result = AnalyticEngine(priced).run()
      return shares(priced, total: result.total) { result.busy[$0].value }
    }
    let result = Playback(priced.schedule()).run(recordLimit: 0)
    let total = Seconds(Double(result.roundEnds.last ?? 0) * 1e-12)
    return shares(priced, total: total) { Double(result.busy[$0]) * 1e-12 }
  }

  private func shares(
    _ priced: PricedProgram, total: Seconds, _ busy: (Int) -> Double
  ) -> Times {
    var sums = priced.program.blocks.map { [Double](repeating: 0, count: $0.operations.count) }
    var activity = 0
    for use in priced.program.order {
      for operation in sums[use.block].indices {
        sums[use.block][operation] += busy(activity)
        activity += 1
      }
    }
    var times = Times(total: total, sites: [], operations: [])
    for (block, row) in zip(priced.program.blocks, sums) {
      for (operation, sum) in zip(block.operations, row) {
        Self.add(operation.site.rawValue, sum, to: &times.sites)
        Self.add(Self.shortName(operation.name), sum, to: &times.operations)
      }
    }
    return times
  }

  private static func add(_ name: String, _ seconds: Double, to shares: inout [Share]) {
    if let place = shares.firstIndex(where: { $0.name == name }) {
      shares[place].busy += Seconds(seconds)
    } else {
      shares.append(Share(name: name, busy: Seconds(seconds)))
    }
  }

  private static func shortName(_ name: String) -> String {
    name.hasPrefix("prompt.") ? String(name.dropFirst("prompt.".count)) : name
  }
}
